"""Decides what the public gets of a photo: covered copies in a few sizes and formats, of new pixels only.

The paint comes first, then everything else: no copy is ever made from pixels that somebody was still to be seen in.
"""

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from PIL import Image

from privacy import masks
from privacy.masks import Area
from privacy.shapes import Box, Pixels, Rectangle

PHOTO_SIZES: Final = (480, 960, 1600)
FACE_SIZES: Final = (240, 480)
FACE_MARGIN: Final = 0.45
FALLBACK: Final = "jpg"

# AVIF's slower settings cost seconds a photo for a few per cent of its bytes.
_FORMATS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "avif": ("AVIF", {"quality": 62, "speed": 8, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 85}),
}
TYPES: Final = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}


def pixels_of(jpeg: bytes) -> Pixels:
    """The pixels of a clean photo (`privacy.photos`). For a worker: it is decoded here without a cage."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as photo:
        return np.asarray(photo.convert("RGB"))


def sizes(width: int, height: int, wanted: Sequence[int]) -> list[tuple[int, int]]:
    """The sizes (width, height) to make of a picture, smallest first: none is larger than it is."""
    longest = max(width, height)
    sides = [side for side in wanted if side < longest]
    if len(sides) < len(wanted):
        sides.append(longest)
    return [_scaled(width, height, side / longest) for side in sides]


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, round(width * scale)), max(1, round(height * scale))


def face_area(face: Box, width: int, height: int) -> Rectangle:
    """The part of a photo of that size that shows a face with some room around it."""
    return area_around(face, FACE_MARGIN, width, height)


def area_around(box: Box, margin: float, width: int, height: int) -> Rectangle:
    """The part of a photo of that size that holds `box` with `margin` times its sides around it, clipped."""
    x, y, across, down = masks.enlarged(box, 1 + 2 * margin)
    left, top = max(0, x), max(0, y)
    return Rectangle(left, top, min(width, x + across) - left, min(height, y + down) - top)


def renditions(pixels: Pixels, hidden: Area, faces: dict[str, Box]) -> dict[str, bytes]:
    """All covered copies, by file name: "photo-960.webp" (960 wide), and for each of `faces` "NAME-240.avif".

    `hidden` is painted over first. The fallback format is made in one size only.
    """
    height, width = pixels.shape[:2]
    covered = Image.fromarray(masks.painted(pixels, hidden))
    made = _copies("photo", covered, PHOTO_SIZES)
    for name, face in faces.items():
        x, y, across, down = face_area(face, width, height)
        made |= _copies(name, covered.crop((x, y, x + across, y + down)), FACE_SIZES)
    return made


def fallback_size(made: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Which of the sizes old browsers get: the middle one."""
    return made[len(made) // 2]


def _copies(name: str, picture: Image.Image, wanted: Sequence[int]) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    all_sizes = sizes(picture.width, picture.height, wanted)
    for size in all_sizes:
        # Paint must not bleed into what is beside it, nor the other way round: shrinking is done on covered pixels.
        small = picture.resize(size, Image.Resampling.LANCZOS) if size != picture.size else picture
        fresh = Image.frombytes("RGB", small.size, small.tobytes())
        for ending, (form, options) in _FORMATS.items():
            if ending != FALLBACK or size == fallback_size(all_sizes):
                made[f"{name}-{size[0]}.{ending}"] = _encoded(fresh, form, options)
    return made


def _encoded(picture: Image.Image, form: str, options: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
