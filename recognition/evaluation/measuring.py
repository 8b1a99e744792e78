"""From files to templates, in memory: opened as an upload is, the face meant found, leave asked for, measured.

This file decides which face of a photo is meant, and what is counted when a photo cannot be measured. Each photo needs
its own leave from the gate, with facts read afresh.
"""

import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from math import hypot, sqrt
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from officers import jurisdiction
from oversight import gate
from privacy import heads
from privacy.cage import CAGES_AT_ONCE, CleanPhoto, PhotoRefused, rebuild_in_cage
from privacy.shapes import Rectangle
from recognition import engine

Say = Callable[[str], None]
Opened = CleanPhoto | PhotoRefused | None

SAY_EVERY: Final = 100


@dataclass(slots=True)
class Measured:
    """The templates of a set of photos by their names, and what became of the others. Never written anywhere."""

    templates: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)
    missing: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    without_face: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """Spent on finding and measuring faces; opening files is not in it."""

    def photos_seen(self) -> int:
        return len(self.templates) + len(self.without_face)


def measure(photos: Sequence[str], folder: Path, say: Say) -> Measured:
    """Measure the meant face of each of `photos` (paths in `folder`). Raises MatchingForbidden where the law says no.

    A file that is missing, is no photo, or shows no face is counted and left out. `say` gets the progress.
    """
    found = Measured()
    leave = _leave(say)
    leave()  # before any file is opened
    engine.load()
    heads.load()
    for number, (name, opened) in enumerate(_opened(photos, folder), start=1):
        if opened is None:
            found.missing.append(name)
        elif isinstance(opened, PhotoRefused):
            found.unreadable.append(name)
        else:
            _measure_one(found, name, opened.jpeg, leave)
        if number % SAY_EVERY == 0 or number == len(photos):
            say(f"{number} of {len(photos)} photos")
    return found


def _measure_one(found: Measured, name: str, jpeg: bytes, leave: Callable[[], gate.Permit]) -> None:
    started = time.perf_counter()
    try:
        box = face_meant(jpeg)
        if box is None:
            found.without_face.append(name)
        else:
            found.templates[name] = engine.measure(jpeg=jpeg, box=box, permit=leave()).numbers
    except engine.FaceUnusable:
        found.without_face.append(name)
    found.seconds += time.perf_counter() - started


def _leave(say: Say) -> Callable[[], gate.Permit]:
    """Asks the gate about the site, anew at each call; what there is to say about it is said once."""
    said: set[str] = set()

    def say_once(words: str) -> None:
        if words not in said:
            said.add(words)
            say(words)

    return lambda: gate.check_site(jurisdiction.read_site_even_alone(say_once))


def _opened(photos: Iterable[str], folder: Path) -> Iterator[tuple[str, Opened]]:
    """Each photo through the cage that uploads go through, the next ones opened while one is measured."""
    names = iter(photos)
    with ThreadPoolExecutor(CAGES_AT_ONCE) as cages:
        waiting = [(name, cages.submit(_open, folder / name)) for name in islice(names, 2 * CAGES_AT_ONCE)]
        while waiting:
            name, opening = waiting.pop(0)
            yield name, opening.result()
            waiting += [(name, cages.submit(_open, folder / name)) for name in islice(names, 1)]


def _open(path: Path) -> Opened:
    """None for a file that is not there."""
    try:
        return rebuild_in_cage(path.read_bytes())
    except PhotoRefused as refused:
        return refused
    except OSError:
        return None


def face_meant(jpeg: bytes) -> Rectangle | None:
    """The face that a photo of one person is about: near the centre, in measures of its own size, so that a large face
    beats a small one at the same place. None when there is none.

    In Labeled Faces in the Wild the centre-most face is the named one; the detector's surest is not, in one photo of
    seven with several.
    """
    with Image.open(io.BytesIO(jpeg)) as photo:
        pixels = np.asarray(photo.convert("RGB"))
    height, width = pixels.shape[:2]
    found = heads.find_heads(pixels)

    def from_centre(head: heads.Head) -> float:
        across, down = head.x + (head.width - width) / 2, head.y + (head.height - height) / 2
        return hypot(across, down) / sqrt(head.width * head.height)

    if not found:
        return None
    nearest = min(found, key=from_centre)
    return Rectangle(nearest.x, nearest.y, nearest.width, nearest.height)
