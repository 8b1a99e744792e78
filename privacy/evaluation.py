"""How well are heads covered? Decides the figures by which the finder and the masks are judged, for annotated photos.

A face counts as covered when at least 90 % of its box lies under the union of all masks. Painting everything would
cover everything, so the share of each picture painted outside the annotated boxes is told beside it.
"""

import io
import json
import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from privacy import heads, masks
from privacy.masks import Area
from privacy.photos import rebuild
from privacy.refusals import PhotoRefused
from privacy.shapes import Pixels, Rectangle

Mask = Callable[[Pixels], Area]

ENOUGH: Final = 0.9
HEIGHTS: Final = {
    "<10": (0, 10),
    "10-20": (10, 20),
    "20-40": (20, 40),
    "40-80": (40, 80),
    ">80": (80, math.inf),
    ">=10": (10, math.inf),
    ">=20": (20, math.inf),
}
_CLEAR_FACE: Final = 20


@dataclass(frozen=True)
class Annotated:
    """One photo and what people marked in it, in pixels of the upright photo. None: not marked in that way."""

    name: str
    boxes: Sequence[Sequence[float]] | None = None
    points: Sequence[Sequence[float]] | None = None


@dataclass(frozen=True)
class Judged:
    """One photo: each face's height and whether it is covered; each point; shares of the picture; CPU seconds."""

    heights: tuple[float, ...]
    covered: tuple[bool, ...]
    points: tuple[bool, ...] = ()
    over: float | None = None
    masked: float = 0.0
    seconds: float = 0.0


@dataclass
class Judgement:
    """All photos of one run, and the names of those that could not be opened."""

    photos: list[Judged] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def product_mask(pixels: Pixels) -> Area:
    """What publishing would paint, in a photo without any officer."""
    height, width = pixels.shape[:2]
    return masks.area(width, height, heads.find_heads_to_cover(pixels))


def read_annotations(text: str) -> Iterator[Annotated]:
    """Annotations, one JSON object a line. Raises ValueError naming the line that is none."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield Annotated(str(row["image"]), row.get("boxes"), row.get("points"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"Line {number} is not an annotation.") from error


def judge_all(
    annotated: Sequence[Annotated], folder: Path, mask: Mask, tell: Callable[[str], None] = lambda _: None
) -> Judgement:
    """Every photo under one way of masking; photos that cannot be opened are named by `tell` and left out."""
    result = Judgement()
    for each in annotated:
        try:
            pixels, scale = as_published(folder / each.name)
        except (OSError, PhotoRefused) as error:
            result.missing.append(each.name)
            tell(f"{each.name}: {error}")
        else:
            result.photos.append(judge(pixels, each, mask, scale))
    return result


def as_published(path: Path) -> tuple[Pixels, float]:
    """The pixels that publishing would see (rebuilt, upright, at most 4096 a side), and their size against the file's.

    Raises OSError and PhotoRefused.
    """
    data = path.read_bytes()
    clean = rebuild(data)
    with Image.open(io.BytesIO(data)) as original:
        scale = max(clean.width, clean.height) / max(original.size)
    with Image.open(io.BytesIO(clean.jpeg)) as photo:
        return np.asarray(photo.convert("RGB")), scale


def judge(pixels: Pixels, marked: Annotated, mask: Mask, scale: float = 1.0) -> Judged:
    """One photo. Boxes without an area, or with none of it in the picture, are no faces. Heights are as annotated."""
    height, width = pixels.shape[:2]
    before = time.process_time()
    hidden = mask(pixels)
    seconds = time.process_time() - before
    faces = [box for box in map(_valid, marked.boxes or ()) if box]
    placed = [(box[3], _inside(box, scale, width, height)) for box in faces]
    placed = [(high, area) for high, area in placed if area.width and area.height]
    areas = [area for _, area in placed]
    outside = hidden.copy()
    for x, y, across, down in areas:
        outside[y : y + down, x : x + across] = False
    points = [_is_under(point, scale, hidden) for point in marked.points or ()]
    return Judged(
        heights=tuple(high for high, _ in placed),
        covered=tuple(bool(hidden[y : y + h, x : x + w].mean() >= ENOUGH) for x, y, w, h in areas),
        points=tuple(under for under in points if under is not None),
        over=None if marked.boxes is None else float(outside.mean()),
        masked=float(hidden.mean()),
        seconds=seconds,
    )


def summary(result: Judgement) -> dict[str, Any]:
    """The figures of a run, shares from 0 to 1 (null: nothing to count), rounded to four places."""
    faces = [pair for photo in result.photos for pair in zip(photo.heights, photo.covered, strict=True)]
    clear = [
        [covered for high, covered in zip(photo.heights, photo.covered, strict=True) if high >= _CLEAR_FACE]
        for photo in result.photos
    ]
    over = [photo.over for photo in result.photos if photo.over is not None]
    figures: dict[str, Any] = {
        "photos": len(result.photos),
        "missing": len(result.missing),
        "faces": len(faces),
        "coverage": {
            name: _share([covered for high, covered in faces if least <= high < limit])
            for name, (least, limit) in HEIGHTS.items()
        },
        "photos_fully_covered": _share([all(photo) for photo in clear if photo]),
        "over_mask": {
            "median": _rounded(statistics.median(over)) if over else None,
            "mean": _rounded(statistics.fmean(over)) if over else None,
        },
        "cpu_seconds_per_photo": _mean([photo.seconds for photo in result.photos]),
    }
    pointed = [photo for photo in result.photos if photo.points]
    if pointed:
        figures["points_covered"] = _share([under for photo in pointed for under in photo.points])
        figures["masked"] = _mean([photo.masked for photo in pointed])
    return figures


def _valid(box: Sequence[float]) -> tuple[float, float, float, float] | None:
    """A box of four finite numbers with an area; None for anything else."""
    try:
        x, y, width, height = (float(number) for number in box)
    except (TypeError, ValueError):
        return None
    fits = all(map(math.isfinite, (x, y, width, height))) and width > 0 and height > 0
    return (x, y, width, height) if fits else None


def _inside(box: tuple[float, float, float, float], scale: float, width: int, height: int) -> Rectangle:
    """The part of a box within the picture, in whole pixels outward; without an area when there is none."""
    x, y, across, down = (number * scale for number in box)
    left, top = max(0, math.floor(x)), max(0, math.floor(y))
    right, bottom = min(width, math.ceil(x + across)), min(height, math.ceil(y + down))
    return Rectangle(left, top, max(0, right - left), max(0, bottom - top))


def _is_under(point: Sequence[float], scale: float, hidden: Area) -> bool | None:
    """Is this point painted? None for a point outside the picture, or none at all."""
    try:
        x, y = (math.floor(float(number) * scale) for number in point)
    except (TypeError, ValueError, OverflowError):
        return None
    height, width = hidden.shape
    return bool(hidden[y, x]) if 0 <= x < width and 0 <= y < height else None


def _share(answers: Sequence[bool]) -> float | None:
    return _rounded(sum(answers) / len(answers)) if answers else None


def _mean(numbers: Sequence[float]) -> float | None:
    return _rounded(statistics.fmean(numbers)) if numbers else None


def _rounded(number: float) -> float:
    return round(number, 4)
