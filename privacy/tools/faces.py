"""Which faces a tool changes, and which heads it covers because their people were not asked."""

from collections.abc import Sequence
from typing import Final

from privacy import heads, masks
from privacy.shapes import Box, Pixels

COVERED_OTHERS: Final = "Every other head that was found is covered with a black box."


def chosen(pixels: Pixels, numbers: Sequence[int], drawn: Sequence[Box]) -> list[Box]:
    """The faces that a person drew or, without any, those with these numbers, from 1, of `heads.find_heads`."""
    if drawn:
        return list(drawn)
    found = heads.find_heads(pixels)
    return [found[number - 1] for number in numbers if 0 < number <= len(found)]


def others(pixels: Pixels, wanted: Sequence[Box]) -> list[heads.Head]:
    """Every head but the wanted ones. A face that a person drew may be found a little beside its box."""
    return [
        head
        for head in heads.find_heads_to_cover(pixels)
        if not any(masks.is_of(head, face) for face in wanted)
    ]
