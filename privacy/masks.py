"""Decides how a head is hidden: an opaque rectangle of one colour, larger than the box.

Blur and mosaic can be partly undone; paint cannot. 1.3 times the box's sides is where more paint stops hiding
more heads, now that the finder's boxes hold hair and helmets (measured on crowd photos, docs/models.md).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from privacy.shapes import Box, Pixels, Rectangle

SCALE: Final = 1.3
PAINT: Final = (0, 0, 0)
_NEAR: Final = 0.35
_HEAD_OF_FACE: Final = 2.1

Area = NDArray[np.bool_]
"""Height x width of a photo: True where it is painted over."""


def cover(
    pixels: Pixels, heads: Iterable[Box], scale: float = SCALE, colour: tuple[int, int, int] = PAINT
) -> Pixels:
    """A copy of `pixels` (height x width x 3, RGB) with each box, `scale` times as large, painted over.

    Boxes may hang over the edges. Raises ValueError when `scale` is below 1: that would bare what was found.
    """
    height, width = pixels.shape[:2]
    return painted(pixels, area(width, height, heads, scale), colour)


def painted(pixels: Pixels, hidden: Area, colour: tuple[int, int, int] = PAINT) -> Pixels:
    """A copy of `pixels` with `hidden` in one colour."""
    covered = pixels.copy()
    covered[hidden] = colour
    return covered


def area(width: int, height: int, heads: Iterable[Box], scale: float = SCALE) -> Area:
    """The union of all boxes, each `scale` times as large, in a photo of that size. Raises ValueError below 1."""
    if scale < 1:
        raise ValueError("A mask must not be smaller than the head.")
    hidden = np.zeros((height, width), np.bool_)
    for head in heads:
        x, y, across, down = enlarged(head, scale)
        hidden[max(0, y) : max(0, y + down), max(0, x) : max(0, x + across)] = True
    return hidden


def area_around(
    width: int,
    height: int,
    *,
    heads: Sequence[Box],
    drawn: Sequence[Box],
    kept: Sequence[Box],
    scale: float = SCALE,
) -> Area:
    """What to paint so that the `kept` faces stay whole and everybody else is hidden.

    A found head's mask is larger than the head, and stops at a kept face. The head itself does not: one that overlaps
    a kept face is hidden there too. Boxes that a person has `drawn` are painted as they are, over anything.
    """
    hidden = area(width, height, heads, scale)
    hidden &= ~area(width, height, kept, scale=1)
    hidden |= area(width, height, [*heads, *drawn], scale=1)
    return hidden


def enlarged(box: Box, scale: float = SCALE) -> Rectangle:
    """`box`, `scale` times as large about its middle, in whole pixels outward; it may hang over the edges."""
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    half_width, half_height = box.width * scale / 2, box.height * scale / 2
    left, right = math.floor(middle_x - half_width), math.ceil(middle_x + half_width)
    top, bottom = math.floor(middle_y - half_height), math.ceil(middle_y + half_height)
    return Rectangle(left, top, right - left, bottom - top)


def is_of(head: Box, face: Box) -> bool:
    """Is this found `head` the one whose `face` a person pointed out, or a piece of it?

    The middle of one lies in the middle seven tenths of the other, and the head, with its hair and helmet, is hardly
    more than twice as high: a neighbour's never is.
    """
    off_x = abs(head.x + head.width / 2 - face.x - face.width / 2)
    off_y = abs(head.y + head.height / 2 - face.y - face.height / 2)
    near_x, near_y = _NEAR * max(face.width, head.width), _NEAR * max(face.height, head.height)
    return off_x <= near_x and off_y <= near_y and head.height <= _HEAD_OF_FACE * face.height
