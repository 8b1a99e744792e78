"""How well `replace` hides a person: `python -m privacy.measures.replaced FOLDER` (FOLDER/PERSON/PHOTO.jpg).

The second assessor of the published report: recognisers look a replaced photo up among the other, unchanged photos of
everybody. Beside the tool stands doing nothing, so that a recogniser's own weakness is not taken for protection.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from privacy import heads
from privacy.measures import album, encoders, faces, likeness, rates, working
from privacy.measures.album import Portrait
from privacy.measures.working import Knowing
from privacy.shapes import Pixels
from privacy.tools import replace

PEOPLE, PHOTOS, SEED = 20, 4, 0
_GREY = np.uint8(128)


def evaluate(images: Path, people: int = PEOPLE, photos: int = PHOTOS, seed: int = SEED) -> dict[str, object]:
    """The figures, for JSON. Raises ValueError for a folder without two people of three photos each.

    By recogniser: `unchanged` and `replaced` rank-1 with 95 % intervals over people, `chance` (guessing), `at_chance`
    (is that inside the interval?), and `match_rate`: pairs of a replaced photo and another one of the same person that
    are accepted where 1 in 1,000 pairs of two people is. Two controls say where a rate above chance comes from:
    `new_face_alone` (everything else painted grey) and `all_but_the_face` (the face painted grey: hair, ears, clothes).
    """
    originals = album.portraits(images, people=people, photos=photos, seed=seed)
    started = time.process_time()
    changed = [_replaced(portrait) for portrait in originals]
    seconds = (time.process_time() - started) / len(originals)
    places = [
        (new != old.pixels).any(axis=-1, keepdims=True) for old, new in zip(originals, changed, strict=True)
    ]
    changes = {
        "replaced": changed,
        "new_face_alone": [np.where(place, new, _GREY) for place, new in zip(places, changed, strict=True)],
        "all_but_the_face": [
            np.where(at, _GREY, old.pixels) for at, old in zip(places, originals, strict=True)
        ],
    }
    judges = [working.knowing(encoders.load(name), originals) for name in encoders.available()]
    return {
        "tool": "replace",
        "photos": len(originals),
        "people": len({portrait.person for portrait in originals}),
        "recognisers": {
            judge.encoder.name: _judged(judge, originals, changes) for judge in judges if judge.works
        },
        "left_out": {judge.encoder.name: judge.told() for judge in judges if not judge.works},
        "face_still_found": _still_found(originals, changed),
        "dssim": round(
            float(np.mean([likeness.dssim(o.pixels, c) for o, c in zip(originals, changed, strict=True)])), 4
        ),
        "seconds_of_processor": round(seconds, 2),
    }


def _replaced(portrait: Portrait) -> Pixels:
    options = replace.Options(release=faces.callers_release(), boxes=(portrait.face,), cover_others=False)
    return replace.protect(portrait.pixels, options, _silently).pixels


def _silently(share: float) -> None:
    """Nobody waits for one photo."""


def _judged(judge: Knowing, originals: list[Portrait], changes: dict[str, list[Pixels]]) -> dict[str, object]:
    names = [portrait.person for portrait in originals]
    told: dict[str, object] = {"unchanged": judge.told()}
    for change, pictures in changes.items():
        vectors = [judge.encoder.encode(new, old.face) for old, new in zip(originals, pictures, strict=True)]
        alike = np.stack(vectors) @ judge.vectors.T
        np.fill_diagonal(alike, -np.inf)
        rank_1 = rates.rate(rates.first_is_right(alike, names, names), names)
        chance = rates.by_chance(alike, names, names)
        others = alike[np.equal.outer(names, names) & np.isfinite(alike)]
        told["chance"] = round(chance, 4)
        told[change] = {
            **rank_1.told(),
            "at_chance": rank_1.low <= chance <= rank_1.high,
            "match_rate": round(float(np.mean(others > judge.accepting)), 4),
        }
    return told


def _still_found(originals: list[Portrait], changed: list[Pixels]) -> dict[str, float]:
    """The share of replaced photos in which each of two unrelated detectors still finds a face there."""
    ours, gradients = [], []
    for old, new in zip(originals, changed, strict=True):
        ours.append(any(_same_place(head, old.face) for head in heads.find_heads(new)))
        gradients.append(faces.found_by_gradients(new))
    before = [faces.found_by_gradients(old.pixels) for old in originals]
    return {
        "centerface": round(float(np.mean(ours)), 4),
        "hog": round(float(np.mean(gradients)), 4),
        "hog_unchanged": round(float(np.mean(before)), 4),
    }


def _same_place(head: heads.Head, face: heads.Head) -> bool:
    off = np.hypot(
        head.x - face.x + (head.width - face.width) / 2, head.y - face.y + (head.height - face.height) / 2
    )
    return bool(off < face.height / 2)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m privacy.measures.replaced", description=__doc__)
    parser.add_argument("folder", type=Path, help="photos of people who agreed or do not exist")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--photos", type=int, default=PHOTOS, help="of each person, at most")
    parser.add_argument("--seed", type=int, default=SEED, help="which people are drawn")
    options = parser.parse_args()
    found = evaluate(options.folder, options.people, options.photos, options.seed)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
