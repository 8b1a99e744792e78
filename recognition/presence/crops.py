"""Which parts of a photo are worth a look of their own?

This file decides the regions that the local model judges: the whole photo, the upper body under each head
(uniforms show there, and an officer in a crowd is a few per cent of the photo), the chest of each person found by the
body, and tiles for people whom neither finds and for what else is in the photo.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recognition.presence.base import Box


class Region(StrEnum):
    """Why a part of the photo is looked at."""

    WHOLE = "whole"
    UPPER_BODY = "upper_body"
    CHEST = "chest"
    TILE = "tile"


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the photo, inside its edges."""

    region: Region
    box: Box
    is_background: bool = False
    """A tile that no one person fills: what it looks like, the whole photo looks like."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many regions, and how big. The numbers were chosen on photos, see docs/models.md."""

    upper_body_heads: float = 3.0
    """Side of the square under a head, in head heights."""
    above_head: float = 0.7
    """How far the square begins above the head's box, in head heights: room for a cap or helmet."""
    least_head: int = 16
    """Heads lower than this many pixels show no uniform."""
    most_heads: int = 8
    """The greatest heads come first; more cost time and add little."""
    least_chest: int = 32
    """Chests lower than this many pixels show no uniform either."""
    most_chests: int = 16
    """The greatest chests come first."""
    background: float = 0.2
    """Of a tile that is background, at most this share is one person's."""
    tiles: tuple[tuple[float, float], ...] = ((0.6, 0.5), (0.36, 0.67))
    """Square tiles: side as a share of the photo's shorter side, and greatest step as a share of that side."""
    least_tile: int = 140
    """Tiles with a smaller side, in pixels, would show nothing that the whole photo does not."""


def crops(
    width: int, height: int, heads: Sequence[Box], plan: Plan, chests: Sequence[Box] = ()
) -> list[Crop]:
    """The regions of a photo of `width` x `height` pixels, the whole photo first."""
    found = [Crop(Region.WHOLE, Box(0, 0, width, height))]
    bodies = [_upper_body(head, plan) for head in _greatest(heads, plan.least_head, plan.most_heads)]
    for region, boxes in (
        (Region.UPPER_BODY, bodies),
        (Region.CHEST, _greatest(chests, plan.least_chest, plan.most_chests)),
    ):
        inside = (_inside(box, width, height) for box in boxes)
        found += [Crop(region, box) for box in inside if box is not None]
    people = [*map(_of_head, heads), *map(_of_chest, chests)]
    for side, step in _tile_sides(width, height, plan):
        for box in _tiles(width, height, side, step):
            fills = any(_share(box, person) > plan.background for person in people)
            found.append(Crop(Region.TILE, box, is_background=not fills))
    return found


def has_tiles(width: int, height: int, plan: Plan) -> bool:
    """Whether a photo of that size is large enough that parts of it show more than the whole."""
    return bool(_tile_sides(width, height, plan))


def _greatest(boxes: Sequence[Box], least: int, most: int) -> list[Box]:
    high = [box for box in boxes if box.height >= least]
    return sorted(high, key=lambda box: box.height, reverse=True)[:most]


def _tile_sides(width: int, height: int, plan: Plan) -> list[tuple[int, float]]:
    """Side in pixels and greatest step of the tiles."""
    sides = [(round(min(width, height) * share), step) for share, step in plan.tiles]
    return [(side, step) for side, step in sides if side >= plan.least_tile]


def of_person(head: Box, width: int, height: int, plan: Plan) -> list[Box]:
    """Two looks at one person: head and upper body, and the same from twice as far. Empty when hardly any is inside."""
    near = _upper_body(head, plan)
    far = Box(near.x - near.width // 2, near.y - near.height // 4, near.width * 2, near.height * 2)
    return [box for box in (_inside(near, width, height), _inside(far, width, height)) if box is not None]


def _upper_body(head: Box, plan: Plan) -> Box:
    """A square around head, shoulders and chest; it may reach over the photo's edges."""
    unit = max(head.height, head.width * 1.2)
    side = round(unit * plan.upper_body_heads)
    left = head.x + head.width / 2 - side / 2
    return Box(round(left), round(head.y - unit * plan.above_head), side, side)


def _of_head(head: Box) -> Box:
    """About where all of the person is whose head that is."""
    side = head.height
    return Box(
        round(head.x + head.width / 2 - 1.25 * side),
        round(head.y - 0.2 * side),
        round(2.5 * side),
        round(6.2 * side),
    )


def _of_chest(chest: Box) -> Box:
    """The same, told from the chest."""
    return Box(chest.x, round(chest.y - 0.5 * chest.height), chest.width, round(2.7 * chest.height))


def _share(box: Box, other: Box) -> float:
    """How much of `box` lies in `other`, 0 to 1."""
    across = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    down = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    return max(across, 0) * max(down, 0) / (box.width * box.height)


def _inside(box: Box, width: int, height: int) -> Box | None:
    """The part of `box` inside the photo; None when hardly anything is left."""
    left, top = max(0, box.x), max(0, box.y)
    right, bottom = min(width, box.x + box.width), min(height, box.y + box.height)
    if right - left < 8 or bottom - top < 8:
        return None
    return Box(left, top, right - left, bottom - top)


def _tiles(width: int, height: int, side: int, step: float) -> Iterator[Box]:
    for top in _starts(height, side, step):
        for left in _starts(width, side, step):
            yield Box(left, top, side, side)


def _starts(length: int, side: int, step: float) -> list[int]:
    """Evenly spread starts that cover `length` from end to end, at most `side * step` apart."""
    room = max(0, length - side)
    count = math.ceil(room / (side * step)) + 1
    return [round(room * i / max(1, count - 1)) for i in range(count)]
