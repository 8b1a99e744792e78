"""Overlapping tiles: a network's memory grows with the area that it sees at once."""

from collections.abc import Iterator
from typing import Final

from privacy.shapes import Pixels

TILE: Final = 1088
_OVERLAP: Final = 160  # a larger head than this is found whole at a smaller size


def tiles(view: Pixels) -> Iterator[tuple[int, int, Pixels]]:
    """(left, top, part) of each tile of `view`, row by row."""
    for top in starts(view.shape[0]):
        for left in starts(view.shape[1]):
            yield left, top, view[top : top + TILE, left : left + TILE]


def starts(length: int) -> list[int]:
    """Where tiles begin along one side: evenly, each overlapping the next."""
    if length <= TILE:
        return [0]
    count = -(-(length - _OVERLAP) // (TILE - _OVERLAP))
    return [round(at * (length - TILE) / (count - 1)) for at in range(count)]
