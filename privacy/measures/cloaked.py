"""What a cloak does to recognisers: those it was made against, and each one in turn that it was not.

Every recogniser is kept out once, so that each has a figure from cloaks that never saw it. Two settings: the cloaked
photo is looked up among clean ones (somebody finds your new photo), and clean photos are looked up among which yours is
the cloaked one (Fawkes: a recogniser learnt you from it). Random noise that costs the same DSSIM is the control.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from privacy import passed_on
from privacy.cloaking import budget, effect, making, surrogates
from privacy.cloaking.making import Effort
from privacy.measures import album, encoders, faces, likeness, rates
from privacy.measures.album import Portrait
from privacy.measures.rates import Vectors
from privacy.measures.working import Knowing, knowing
from privacy.shapes import Box, Pixels, Rectangle

PHOTOS_EACH: Final = 4
_NOISE: Final = 60.0


@dataclass(frozen=True)
class Cloaked:
    """One photo, what it is saved as with a cloak, where its face is found again, and what the cloak cost."""

    portrait: Portrait
    pixels: Pixels = field(repr=False)
    dssim: float
    with_saving: float
    face: Box
    seconds: float


def evaluate(
    images: Path,
    *,
    photos: int = 20,
    seed: int = 0,
    people: int = 40,
    strength: str = "high",
    kept_out: Sequence[str] = surrogates.NAMES,
    effort: Effort | None = None,
) -> dict[str, object]:
    """The figures of cloaks of `photos` photos, each of another person, as can be printed as JSON.

    `images`: FOLDER/PERSON/PHOTO.jpg with four photos and more of each of up to `people` people, who agreed or do not
    exist or are in a collection for research. Raises ValueError when there are too few, and EncodersMissing.
    """
    album_of_all = album.portraits(images, people=people, photos=PHOTOS_EACH, least=PHOTOS_EACH, seed=seed)
    judges = [knowing(encoders.load(name), album_of_all) for name in encoders.available()]
    judges = [judge for judge in judges if judge.works]
    probes = _one_each(album_of_all, photos)
    tried = effort or Effort(strength=strength, seed=seed, seconds=1e9)
    left_out = [name for name in kept_out if name in surrogates.available()]
    runs = {name: [_cloaked(probe, name, tried) for probe in probes] for name in left_out}
    noisy = [_noisy(probe, tried) for probe in probes]
    return {
        "tool": "cloak",
        "strength": tried.strength,
        "gallery": {"photos": len(album_of_all), "people": len({each.person for each in album_of_all})},
        "clean": {judge.encoder.name: judge.told() for judge in judges},
        "accepting": {judge.encoder.name: round(judge.accepting, 4) for judge in judges},
        "noise": {judge.encoder.name: _seen(judge, album_of_all, noisy) for judge in judges},
        "noise_picture": _picture(noisy),
        **_effects(judges, album_of_all, runs),
        "pictures": {name: _picture(run) for name, run in runs.items()},
    }


def _effects(
    judges: Sequence[Knowing], portraits: list[Portrait], runs: Mapping[str, Sequence[Cloaked]]
) -> dict[str, object]:
    """For each recogniser: cloaks that never saw it, and cloaks that were made against it."""
    names = {judge.encoder.name: judge for judge in judges}
    return {
        "kept_out": {
            name: _kept_out(judge, portraits, runs[name]) for name, judge in names.items() if name in runs
        },
        "attacked": {
            name: {other: _seen(judge, portraits, run) for other, run in runs.items() if other != name}
            for name, judge in names.items()
        },
    }


def keep(figures: Mapping[str, Any], file: Path) -> None:
    """Writes what the tool's sentences are made of, for one strength; those of the others stay as they are."""
    kept: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {"strengths": {}}
    said = ("gallery", "clean", "noise", "noise_picture", "kept_out", "attacked", "pictures")
    kept["strengths"][figures["strength"]] = {name: figures[name] for name in said}
    kept["accepting"] = figures["accepting"]
    file.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def _one_each(portraits: Sequence[Portrait], photos: int) -> list[Portrait]:
    """The first photo of each of so many people."""
    first = {portrait.person: portrait for portrait in reversed(portraits)}
    order = dict.fromkeys(portrait.person for portrait in portraits)
    return [first[person] for person in order][:photos]


def _area(probe: Portrait) -> Rectangle:
    height, width = probe.pixels.shape[:2]
    return making.region(faces.points(probe.pixels, probe.face), width, height)


def _cloaked(probe: Portrait, kept_out: str, effort: Effort) -> Cloaked:
    against = [surrogates.load(name) for name in surrogates.available() if name != kept_out]
    began = time.monotonic()
    points = faces.points(probe.pixels, probe.face)
    made = making.cloaked(probe.pixels, points, against, effort, lambda _: None)
    return _measured(probe, made, time.monotonic() - began)


def _noisy(probe: Portrait, effort: Effort) -> Cloaked:
    """Noise in the same square, as strong as the same budget allows."""
    area = _area(probe)
    x, y, width, height = area
    noise = np.random.default_rng(effort.seed).uniform(-_NOISE, _NOISE, (height, width, 3))

    def changed(share: float) -> Pixels:
        made = probe.pixels.copy()
        part = made[y : y + height, x : x + width] + share * noise
        made[y : y + height, x : x + width] = part.clip(0, 255).round().astype(np.uint8)
        return made

    began = time.monotonic()
    made = budget.strongest(probe.pixels, area, budget.LARGEST[effort.strength], changed)
    return _measured(probe, made, time.monotonic() - began)


def _measured(probe: Portrait, made: Pixels, seconds: float) -> Cloaked:
    area = _area(probe)
    x, y, width, height = area
    before = probe.pixels[y : y + height, x : x + width]
    saved = passed_on.saved(made, budget.QUALITY)
    return Cloaked(
        portrait=probe,
        pixels=saved,
        dssim=budget.cost(probe.pixels, made, area),
        with_saving=likeness.dssim(before, saved[y : y + height, x : x + width]),
        face=_face(saved, probe),
        seconds=seconds,
    )


def _kept_out(judge: Knowing, portraits: list[Portrait], run: Sequence[Cloaked]) -> dict[str, Any]:
    """What a recogniser sees that the cloaks were not made against, also after the photo was passed on."""
    found = _vectors(judge, run)
    again = [[_passed_on(each, change) for each in run] for change in (_packed, _halved)]
    packed, halved = (_found(judge, portraits, run, _vectors(judge, other)).told() for other in again)
    return {
        **_seen(judge, portraits, run, found),
        "rank_1_after_jpeg_75": packed,
        "rank_1_at_half_size": halved,
        "rank_1_learnt_from_the_cloak": _learnt(judge, portraits, run, found).told(),
    }


def _seen(
    judge: Knowing, portraits: list[Portrait], run: Sequence[Cloaked], found: Vectors | None = None
) -> dict[str, Any]:
    found = _vectors(judge, run) if found is None else found
    alike = _likeness(judge, portraits, found, run)
    people = np.array([portrait.person for portrait in portraits])
    matched = [
        (row[(people == each.portrait.person) & np.isfinite(row)] > judge.accepting).mean()
        for row, each in zip(alike, run, strict=True)
    ]
    return {
        "rank_1": _found(judge, portraits, run, found).told(),
        "match_rate_at_1_false_in_1000": round(float(np.mean(matched)), 4),
    }


def _found(judge: Knowing, portraits: list[Portrait], run: Sequence[Cloaked], found: Vectors) -> rates.Rate:
    """How often the cloaked photo still leads to its person among clean photos."""
    asked = [each.portrait.person for each in run]
    people = [portrait.person for portrait in portraits]
    return rates.rate(rates.first_is_right(_likeness(judge, portraits, found, run), asked, people), asked)


def _learnt(judge: Knowing, portraits: list[Portrait], run: Sequence[Cloaked], found: Vectors) -> rates.Rate:
    """How often clean photos of a person lead to the only other photo of theirs, the cloaked one, among all others'."""
    hits: list[bool] = []
    asked: list[str] = []
    people = np.array([portrait.person for portrait in portraits])
    for each, cloaked in zip(run, found, strict=True):
        mine = people == each.portrait.person
        clean = [at for at in np.flatnonzero(mine) if portraits[at] is not each.portrait]
        others = judge.vectors[clean] @ judge.vectors[~mine].T
        hits += list(judge.vectors[clean] @ cloaked > others.max(axis=1))
        asked += [each.portrait.person] * len(clean)
    return rates.rate(hits, asked)


def _likeness(judge: Knowing, portraits: list[Portrait], found: Vectors, run: Sequence[Cloaked]) -> Vectors:
    """Each cloaked photo with all clean ones but its own original."""
    alike = found @ judge.vectors.T
    for row, each in zip(alike, run, strict=True):
        row[[portrait is each.portrait for portrait in portraits]] = -np.inf
    return alike


def _vectors(judge: Knowing, run: Sequence[Cloaked]) -> Vectors:
    """Of the faces as they are found again in the changed photos."""
    return np.stack([judge.encoder.encode(each.pixels, each.face) for each in run])


def _passed_on(cloaked: Cloaked, change: Callable[[Pixels], Pixels]) -> Cloaked:
    pixels = change(cloaked.pixels)
    return replace(cloaked, pixels=pixels, face=_face(pixels, cloaked.portrait))


def _face(pixels: Pixels, portrait: Portrait) -> Box:
    """Where the face is found again; where it was, if no finder sees it: that is not this tool's doing to claim."""
    scale = pixels.shape[0] / portrait.pixels.shape[0]
    was = (portrait.face.x, portrait.face.y, portrait.face.width, portrait.face.height)
    return faces.middle_face(pixels) or Rectangle(*(round(scale * side) for side in was))


def _packed(pixels: Pixels) -> Pixels:
    return passed_on.saved(pixels, 75)


def _halved(pixels: Pixels) -> Pixels:
    picture = Image.fromarray(pixels)
    return np.asarray(picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BILINEAR))


def _picture(run: Sequence[Cloaked]) -> dict[str, float]:
    return {
        "dssim": round(float(np.mean([each.dssim for each in run])), 4),
        "largest_dssim": round(max(each.dssim for each in run), 4),
        "dssim_with_saving": round(float(np.mean([each.with_saving for each in run])), 4),
        "ssim": round(1 - 2 * float(np.mean([each.dssim for each in run])), 4),
        "seconds": round(float(np.median([each.seconds for each in run])), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m privacy.measures.cloaked", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="FOLDER/PERSON/PHOTO.jpg, of people who agreed or for research"
    )
    parser.add_argument("--strength", choices=budget.LARGEST, default="high")
    parser.add_argument("--photos", type=int, default=20)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--keep", action="store_true", help="write what the tool says of itself from now on")
    options = parser.parse_args()
    found = evaluate(options.folder, photos=options.photos, people=options.people, strength=options.strength)
    if options.keep:
        keep(found, effect.FILE)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
