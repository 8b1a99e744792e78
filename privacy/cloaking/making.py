"""From a photo and the points of one face in it to the photo with that face cloaked.

The change is looked for on a copy in which the face is of the size that recognisers look at, enlarged to the photo's
own pixels, and made as strong as its budget allows on the saved file. Outside the square around the face nothing
changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from privacy import alignment
from privacy.alignment import Points
from privacy.cloaking import budget, objective, strangers
from privacy.cloaking.network import Tensor
from privacy.cloaking.objective import Recipe
from privacy.cloaking.surrogates import Surrogate
from privacy.shapes import Pixels, Rectangle
from privacy.tools import Progress

_WORKING_SIDE = 224
"""Pixels across the face's square while the change is looked for; a smaller face is not enlarged."""
_SEEN_AROUND = 1.5
"""Recognisers look at more than what is changed: this many times its sides."""
_DLIBS_SIDE = 150

LIMITS = {"low": 16.0, "mid": 28.0, "high": 40.0}
"""Levels of colour that a pixel may change, for each strength: SSIM hardly sees a broad change of colour, people do."""


@dataclass(frozen=True)
class Effort:
    """How hard to try: the strength's name, the random numbers' seed, the most seconds, and the recipe."""

    strength: str = "mid"
    seed: int = 0
    seconds: float = 120.0
    recipe: Recipe = Recipe()  # noqa: RUF009 - frozen


def region(points: Points, width: int, height: int) -> Rectangle:
    """The square around a face that may change, upright, cut off at the photo's edges."""
    square = alignment.by_corners(points, _DLIBS_SIDE)
    middle = square @ np.array([_DLIBS_SIDE / 2, _DLIBS_SIDE / 2, 1.0])
    half = float(np.hypot(*square[:, 0])) * _DLIBS_SIDE / 2
    return _square(middle[0], middle[1], half, width, height)


def cloaked(
    pixels: Pixels, points: Points, surrogates: Sequence[Surrogate], effort: Effort, progress: Progress
) -> Pixels:
    """A copy of `pixels` in which the face with these 68 `points` is cloaked against `surrogates`.

    Raises KeyError for another strength.
    """
    largest, limit = budget.LARGEST[effort.strength], LIMITS[effort.strength]
    height, width = pixels.shape[:2]
    area = region(points, width, height)
    found = _change(pixels, points, area, surrogates, effort, progress)
    plain = budget.picture_of(pixels, area)

    def changed(share: float) -> Pixels:
        made = pixels.copy()
        face = torch.clamp(plain + torch.clamp(found * share, -limit, limit), 0, 255).round()
        x, y, across, down = area
        made[y : y + down, x : x + across] = face[0].permute(1, 2, 0).numpy().astype(np.uint8)
        return made

    return budget.strongest(pixels, area, largest, changed)


def _change(
    pixels: Pixels,
    points: Points,
    area: Rectangle,
    surrogates: Sequence[Surrogate],
    effort: Effort,
    progress: Progress,
) -> Tensor:
    """The change for `area`, in the photo's own pixels."""
    height, width = pixels.shape[:2]
    half = _SEEN_AROUND * max(area.width, area.height) / 2
    around = _square(area.x + area.width / 2, area.y + area.height / 2, half, width, height)
    scale = min(1.0, _WORKING_SIDE / max(area.width, area.height))
    corner = np.array([around.x, around.y], np.float64)
    inside = [round((at - by) * scale) for at, by in zip(area[:2], corner, strict=True)]
    found = objective.change(
        _smaller(pixels, around, scale),
        (points - corner) * scale,
        Rectangle(inside[0], inside[1], int(area.width * scale), int(area.height * scale)),
        surrogates,
        strangers=strangers.load(),
        largest=budget.LARGEST[effort.strength],
        limit=LIMITS[effort.strength],
        recipe=effort.recipe,
        seed=effort.seed,
        seconds=effort.seconds,
        progress=progress,
    )
    if found.shape[2:] == (area.height, area.width):
        return found
    return functional.interpolate(found, size=(area.height, area.width), mode="bicubic", align_corners=False)


def _smaller(pixels: Pixels, around: Rectangle, scale: float) -> Tensor:
    """That part of the photo at the working size."""
    x, y, width, height = around
    part = Image.fromarray(np.ascontiguousarray(pixels[y : y + height, x : x + width]))
    if scale < 1:
        part = part.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)
    return budget.picture_of(np.asarray(part), Rectangle(0, 0, part.width, part.height))


def _square(x: float, y: float, half: float, width: int, height: int) -> Rectangle:
    left, top = max(0, round(x - half)), max(0, round(y - half))
    right, bottom = min(width, round(x + half)), min(height, round(y + half))
    return Rectangle(left, top, right - left, bottom - top)
