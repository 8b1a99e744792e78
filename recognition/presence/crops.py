"""Which parts of a photo are worth a look of their own?

This file decides the regions that the local model judges: the whole photo, the upper body under each head
(uniforms show there, and an officer in a crowd is a few per cent of the photo), and tiles for people whose
faces are hidden by a helmet or turned away.
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
    TILE = "tile"


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the photo, inside its edges."""

    region: Region
    box: Box


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
    tiles: tuple[tuple[float, float], ...] = ((0.6, 0.5), (0.36, 0.67))
    """Square tiles: side as a share of the photo's shorter side, and greatest step as a share of that side."""
    least_tile: int = 140
    """Tiles with a smaller side, in pixels, would show nothing that the whole photo does not."""


def crops(width: int, height: int, heads: Sequence[Box], plan: Plan) -> list[Crop]:
    """The regions of a photo of `width` x `height` pixels, the whole photo first."""
    found = [Crop(Region.WHOLE, Box(0, 0, width, height))]
    useful = [head for head in heads if head.height >= plan.least_head]
    useful.sort(key=lambda head: head.height, reverse=True)
    for head in useful[: plan.most_heads]:
        body = _inside(_upper_body(head, plan), width, height)
        if body is not None:
            found.append(Crop(Region.UPPER_BODY, body))
    for share, step in plan.tiles:
        side = round(min(width, height) * share)
        if side >= plan.least_tile:
            found += [Crop(Region.TILE, box) for box in _tiles(width, height, side, step)]
    return found


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
