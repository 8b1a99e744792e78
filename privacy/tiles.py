"""Overlapping tiles: a network's memory grows with the area that it sees at once."""

from collections.abc import Iterator
from typing import Final

from privacy.networks import rounded_up
from privacy.shapes import Pixels

_LARGEST: Final = 1088
_OVERLAP: Final = 128  # a larger head than this is found whole at a smaller size


def tiles(view: Pixels) -> Iterator[tuple[int, int, Pixels]]:
    """(left, top, part) of each tile of `view`, row by row."""
    (down, tops), (across, lefts) = (spans(length) for length in view.shape[:2])
    for top in tops:
        for left in lefts:
            yield left, top, view[top : top + down, left : left + across]


def spans(length: int) -> tuple[int, list[int]]:
    """How long tiles are along one side, and where they begin: as few as can be, evenly, each overlapping the next."""
    if length <= _LARGEST:
        return length, [0]
    count = -(-(length - _OVERLAP) // (_LARGEST - _OVERLAP))
    size = rounded_up(-(-(length + (count - 1) * _OVERLAP) // count))
    return size, [round(at * (length - size) / (count - 1)) for at in range(count)]
