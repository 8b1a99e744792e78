"""What a model may see of a photo: the face that a person pointed at and a little around it, nothing else."""

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from privacy.shapes import Rectangle

MARGIN = 0.6
"""How much around the box is cut out with it, in parts of its sides."""

FACE_PIXELS = 160
"""The crop is scaled so that the box is this high: chosen by measurement (docs/models.md)."""


@dataclass(frozen=True, slots=True)
class Crop:
    """The pixels around a box (height x width x 3, RGB), and the box within them.

    `scale`: pixels of the crop to a pixel of the photo.
    """

    pixels: NDArray[np.uint8]
    box: Rectangle
    scale: float


def around(*, jpeg: bytes, box: Rectangle) -> Crop:
    """Cut `box` (pixels of the upright photo `jpeg`) out with its margin and scale it to FACE_PIXELS."""
    side, up = round(box.width * MARGIN), round(box.height * MARGIN)
    scale = FACE_PIXELS / box.height
    with Image.open(io.BytesIO(jpeg)) as photo:
        whole = photo.size
        left, top = max(0, box.x - side), max(0, box.y - up)
        right = min(photo.width, box.x + box.width + side)
        bottom = min(photo.height, box.y + box.height + up)
        # A JPEG can be decoded at a half, a quarter or an eighth for less; `draft` never goes below what is asked.
        photo.draft(None, (math.ceil(whole[0] * scale), math.ceil(whole[1] * scale)))
        across, down = photo.width / whole[0], photo.height / whole[1]
        cut = (left * across, top * down, right * across, bottom * down)
        size = round((right - left) * scale), round((bottom - top) * scale)
        piece = _cut(photo.convert("RGB"), cut, size)
    within = (box.x - left, box.y - top, box.width, box.height)
    return Crop(np.asarray(piece), Rectangle(*(round(number * scale) for number in within)), scale)


def _cut(photo: Image.Image, area: tuple[float, float, float, float], size: tuple[int, int]) -> Image.Image:
    """`area` of the photo, in `size`. First cut, then scaled: the scaling must not see what lies beside it."""
    left, top = math.floor(area[0]), math.floor(area[1])
    piece = photo.crop((left, top, math.ceil(area[2]), math.ceil(area[3])))
    within = (area[0] - left, area[1] - top, area[2] - left, area[3] - top)
    return piece.resize(size, Image.Resampling.LANCZOS, box=within)
