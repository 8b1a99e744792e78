"""Decides when two photos look alike: a 64-bit perceptual hash of the whole picture, compared by counting bits.

The picture is made grey and 32 pixels square; of its cosine transform the 64 lowest frequencies count, each as one
bit: above or below their middle (the "pHash" of Zauner, "Implementation and Benchmarking of Perceptual Image Hash
Functions", 2010). It knows light and dark areas, nothing of a face; plain Python and Pillow, for the caged child.

Photos at most `NEAR` bits apart are near duplicates: copies of another size, quality or brightness, or cut by up to a
fiftieth on each side, nearly always; cut by a twentieth, less than half. Figures: docs/threat-model.md.
"""

import math
from typing import Final

from PIL import Image

NEAR: Final = 8
"""Bits that may differ. The database's functions say the same number (officers/migrations/sql/looks.sql)."""

_SIDE: Final = 32
_FREQUENCIES: Final = 8
_LEAST_SPREAD: Final = 3.0
_WAVES: Final = [
    [math.cos(math.pi * (2 * x + 1) * u / (2 * _SIDE)) for x in range(_SIDE)] for u in range(_FREQUENCIES + 1)
]


def perceptual_hash(picture: Image.Image) -> int | None:
    """The hash of an upright RGB picture, as a signed 64-bit number. None for one without anything to see in it.

    A wall or a black frame would look like every other one.
    """
    small = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX).tobytes()
    if _spread(small) < _LEAST_SPREAD:
        return None
    lowest = _frequencies(small)
    middle = sorted(lowest)[len(lowest) // 2]
    bits = 0
    for strength in lowest:
        bits = bits << 1 | (strength > middle)
    return bits - 2**64 if bits >= 2**63 else bits


def distance(one: int, other: int) -> int:
    """How many of the 64 bits differ."""
    return ((one ^ other) & (2**64 - 1)).bit_count()


def _spread(pixels: bytes) -> float:
    """Standard deviation of the grey values."""
    mean = sum(pixels) / len(pixels)
    return math.sqrt(sum((value - mean) ** 2 for value in pixels) / len(pixels))


def _frequencies(pixels: bytes) -> list[float]:
    """The lowest 64 coefficients of the cosine transform, without the mean brightness."""
    lines = [pixels[start : start + _SIDE] for start in range(0, len(pixels), _SIDE)]
    across = [[sum(map(float.__mul__, wave, map(float, line))) for wave in _WAVES] for line in lines]
    columns = list(zip(*across, strict=True))
    grid = [[sum(map(float.__mul__, wave, column)) for column in columns] for wave in _WAVES]
    square = [grid[v][u] for v in range(_FREQUENCIES) for u in range(_FREQUENCIES)]
    return [*square[1:], grid[_FREQUENCIES][0]]
