"""Decides how a head is hidden: an opaque rectangle of one colour, larger than the box.

Blur and mosaic can be partly undone; paint cannot. 1.6 times the box's sides is where more paint stops hiding
more heads (measured on protest photos; an ellipse of that size leaves chins and hair).
"""

import math
from collections.abc import Iterable

from privacy.shapes import Box, Pixels


def cover(
    pixels: Pixels, heads: Iterable[Box], scale: float = 1.6, colour: tuple[int, int, int] = (0, 0, 0)
) -> Pixels:
    """A copy of `pixels` (height x width x 3, RGB) with each box, `scale` times as large, painted over.

    Boxes may hang over the edges. Raises ValueError when `scale` is below 1: that would bare what was found.
    """
    if scale < 1:
        raise ValueError("A mask must not be smaller than the head.")
    covered = pixels.copy()
    height, width = pixels.shape[:2]
    for head in heads:
        middle_x, middle_y = head.x + head.width / 2, head.y + head.height / 2
        half_width, half_height = head.width * scale / 2, head.height * scale / 2
        left, right = math.floor(middle_x - half_width), math.ceil(middle_x + half_width)
        top, bottom = math.floor(middle_y - half_height), math.ceil(middle_y + half_height)
        covered[max(0, top) : min(height, max(0, bottom)), max(0, left) : min(width, max(0, right))] = colour
    return covered
