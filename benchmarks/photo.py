"""From a photo to a template: this product against face_recognition, which most people would use.

    python -m benchmarks.photo [FOLDER] [--photos 24] [--rounds 3]

FOLDER holds JPEGs with one clear face each (by default the demo's officers, who do not exist). Both are given the same
photos. face_recognition looks through the whole photo, as it is usually called (`face_locations`, then
`face_encodings`). Ours has two steps: finding the heads that people can click, once for each photo, and measuring the
one that was clicked. The faces found are counted, and the distance between the two templates of one face is printed.
"""

import argparse
import importlib
import io
import os
import random
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import measuring

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oversight.settings")

import face_recognition_models
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from oversight.gate import DepartmentFacts, Facts, Place, Site, Stage, check
from privacy import heads
from privacy.shapes import Rectangle
from recognition import engine, template_network

DEMO = Path(__file__).resolve().parent.parent / "officers" / "demo" / "officers"
Found = NDArray[np.float64] | None
_boxes: dict[bytes, Rectangle] = {}
"""Where the click is, found anew in every round by the run before."""


def main() -> None:
    asked = _arguments()
    photos = _photos(asked.folder, asked.photos)
    figures = {"photos": len(photos), **whole_way(photos, asked.rounds), **network_alone(asked.rounds)}
    measuring.print_result(benchmark="photo", **figures)


def whole_way(photos: Sequence[bytes], rounds: int) -> dict[str, float]:
    """Processor time and faces found, photo to template, in turns."""
    peer = importlib.import_module("face_recognition")
    found: dict[str, list[Any]] = {}

    def run(name: str, one: Callable[[bytes], object]) -> Callable[[], None]:
        return lambda: found.__setitem__(name, [one(photo) for photo in photos])

    ways = {
        "face_recognition": run("face_recognition", lambda photo: _peers_way(peer, photo)),
        "this product, finding the heads to click": run("heads", _pointed_at),
        "this product, from the click on": run("ours", _our_way),
    }
    taken = measuring.take_turns(ways, rounds=rounds)
    theirs, heads_only, ours = taken.values()
    both = [
        float(np.linalg.norm(a - b))
        for a, b in zip(found["face_recognition"], found["ours"], strict=True)
        if a is not None and b is not None
    ]
    counts = [sum(face is not None for face in found[name]) for name in ("face_recognition", "heads", "ours")]
    rows = [
        (name, count, 1000 * sum(seconds) / len(seconds) / len(photos))
        for (name, seconds), count in zip(taken.items(), counts, strict=True)
    ]
    measuring.print_table(f"{len(photos)} photos to templates", ("", "faces", "CPU ms a photo"), rows)
    click = measuring.ratio(theirs, ours)
    whole = measuring.ratio(theirs, [a + b for a, b in zip(heads_only, ours, strict=True)])
    print(
        f"\n{click:.2f} times less processor time from the click on, {whole:.2f} times with finding the heads;"
    )
    print(f"the two templates of one face are {np.median(both):.3f} apart (median).")
    return {
        "faces_theirs": counts[0],
        "faces_ours": counts[2],
        "times_less_from_click": click,
        "times_less_in_all": whole,
    }


def network_alone(rounds: int) -> dict[str, float]:
    """The template network for one face at a time: dlib's own program against the one in use."""
    file = face_recognition_models.face_recognition_model_location()
    encoder = importlib.import_module("dlib").face_recognition_model_v1(file)
    ours = engine.load().network
    chips = np.random.default_rng(1).integers(0, 256, (10, 150, 150, 3), dtype=np.uint8)

    def theirs(batch: template_network.Chips) -> template_network.Templates:
        return np.array([encoder.compute_face_descriptor(chip) for chip in batch])

    ways = {
        "dlib": lambda: [theirs(chip[np.newaxis]) for chip in chips],
        "this product": lambda: [ours(chip[np.newaxis]) for chip in chips],
    }
    taken = measuring.take_turns(ways, rounds=max(rounds, 5))
    rows = [(name, 1000 * min(seconds) / len(chips)) for name, seconds in taken.items()]
    measuring.print_table("The template network alone, one face at a time", ("", "CPU ms, best round"), rows)
    quicker = measuring.ratio(taken["dlib"], taken["this product"])
    apart = template_network.furthest_apart(ours, theirs)
    print(f"\n{quicker:.1f} times less processor time; {apart:.1e} apart at most.")
    return {"network_times_less": quicker, "network_apart": apart}


def _peers_way(peer: Any, jpeg: bytes) -> Found:
    """As its documentation shows it. Of several faces the one nearest to the middle."""
    pixels = peer.load_image_file(io.BytesIO(jpeg))
    places = peer.face_locations(pixels)
    if not places:
        return None
    height, width = pixels.shape[:2]
    numbers = peer.face_encodings(pixels, known_face_locations=places)
    off = [abs(top + bottom - height) + abs(left + right - width) for top, right, bottom, left in places]
    nearest: NDArray[np.float64] = numbers[int(np.argmin(off))]
    return nearest


def _pointed_at(jpeg: bytes) -> Rectangle | None:
    """The box of the head nearest to the middle, of those that a person is offered to click."""
    pixels = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
    height, width = pixels.shape[:2]
    found = heads.find_heads(pixels)
    if not found:
        return None
    head = min(found, key=lambda h: abs(2 * h.x + h.width - width) + abs(2 * h.y + h.height - height))
    _boxes[jpeg] = Rectangle(head.x, head.y, head.width, head.height)
    return _boxes[jpeg]


def _our_way(jpeg: bytes) -> Found:
    """Measure the face that was clicked, with the law's leave. Where the click was is known from the step before."""
    box = _boxes.get(jpeg)
    if box is None:
        return None
    try:
        return engine.measure(jpeg=jpeg, box=box, permit=check(_lawful(), Stage.COMPUTE)).numbers
    except engine.FaceUnusable:
        return None


def _lawful() -> Facts:
    """A site and a department in Ohio that permit matching: nothing real is asked about."""
    states, day = frozenset({"OH"}), date(2026, 1, 1)
    department = DepartmentFacts(frozenset({Place("OH")}), allows_matching=True, review_due=day)
    return Facts(Site(True, "OH", states, states, (), day), (department,), photo_prohibited=False)


def _photos(folder: Path, most: int) -> list[bytes]:
    files = sorted(folder.rglob("*.jpg"))
    chosen = random.Random(1).sample(files, min(most, len(files)))  # noqa: S311 - no secret
    return [file.read_bytes() for file in chosen]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEMO)
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
