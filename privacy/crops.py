"""Cuts one box out of a clean photo: a thumbnail, or the one face that a person pointed at.

The cut comes before any model, so that no model ever sees the people beside that face.
"""

import io
import math
from typing import Final

from PIL import Image

from privacy.shapes import Box

_JPEG_QUALITY: Final = 92
_MAX_PIXELS: Final = 4096 * 4096  # what `privacy.photos` writes at most


def crop(jpeg: bytes, box: Box, margin: float, longest: int) -> bytes:
    """A new JPEG of `box` with `margin` times its sides around it, clipped, at most `longest` pixels a side.

    `jpeg` must be a clean photo (`privacy.photos`): it is decoded here without a cage. Small crops are not
    enlarged. Raises ValueError for a box outside the photo or without area, or a margin or size below zero.
    """
    if box.width < 1 or box.height < 1 or margin < 0 or longest < 1:
        raise ValueError("A crop needs a box with an area, a margin of 0 or more and a size of 1 or more.")
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as photo:
        if photo.width * photo.height > _MAX_PIXELS:
            raise ValueError("That is not a clean photo.")
        if box.x >= photo.width or box.y >= photo.height or box.x + box.width <= 0 or box.y + box.height <= 0:
            raise ValueError("The box is outside the photo.")
        left = max(0, math.floor(box.x - box.width * margin))
        top = max(0, math.floor(box.y - box.height * margin))
        right = min(photo.width, math.ceil(box.x + box.width * (1 + margin)))
        bottom = min(photo.height, math.ceil(box.y + box.height * (1 + margin)))
        piece = photo.convert("RGB").crop((left, top, right, bottom))
    piece.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    fresh = Image.frombytes("RGB", piece.size, piece.tobytes())
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
