"""The one head finder: where the heads in a photo are, for pointing, for tagging and for covering.

Two questions, two answers. `find_heads` offers faces a person can point at: clear ones, few false boxes.
`find_heads_to_cover` must miss nobody: it looks at several sizes, keeps doubtful boxes, so that it also covers some
fists and flags, and asks a second network where people's bodies say that a head is (`privacy.whole`), which finds
most of those seen from behind. Some are still missed: a person must look before publishing.

Boxes only; the networks underneath cannot measure a face (see `privacy.centerface` and `privacy.people`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from privacy import centerface, masks, people, turning, whole
from privacy.boxes import areas, shared, strongest
from privacy.shapes import Boxes, Pixels
from privacy.tiles import spans, tiles

__all__ = ["Head", "find_heads", "find_heads_to_cover", "load"]

# To point at: (longest side, smallest and largest face in pixels at that side, score above). The network knows
# faces up to some 400 pixels and breaks larger ones into pieces, so each size has its own range of faces. Chosen
# on 193 crowd photos: at 0.3, 90 % of the boxes 20 pixels or higher are faces; 0.2 finds 5 % more, at 80 %.
_POINTING_PASSES: Final = ((512, 96, np.inf, 0.4), (1024, 0, 400, 0.3), (2048, 0, 400, 0.3))
_WHOLE_FACE_SCORE: Final = 0.5
_PIECE_INSIDE: Final = 0.7
_PIECE_AREA: Final = 0.5

# To cover. (longest side, mirrored, lowest face in pixels at that side); a large photo's own size is added. Mirroring
# is a cheap second opinion. 768 is there for backs of heads and half covered faces that 512 and 1024 break up; small
# faces are seen better, and with fewer false boxes, at the larger sizes.
_COVERING_PASSES: Final = (
    (512, False, 0),
    (768, False, 24),
    (1024, False, 0),
    (1024, True, 0),
    (2048, False, 0),
)
# A false box costs picture by its area, so a small one may be doubtful and a large one must be surer:
# (smaller than this many of the photo's pixels high, score above). The same in large photos: scaling the heights
# with the photo covered 2 more of 599 faces in three 12-megapixel mosaics, and painted 37 % of them, not 24 %.
_COVERING_SCORES: Final = ((24.0, 0.05), (60.0, 0.08), (np.inf, 0.12))
_FLOOR: Final = 0.05
# Which way up (see `privacy.turning`): faces that score above this with the longest side at that.
_UPRIGHT_SIDE: Final = 1024
_UPRIGHT_SCORE: Final = 0.3
# Of the time that looking takes; the rest is for people's bodies, at the end.
_FACES_SHARE: Final = 0.6

_MOST_ENLARGED: Final = 2.0


@dataclass(frozen=True)
class Head:
    """One head's box in whole pixels of the upright photo, and how sure the finder is (0 to 1)."""

    x: int
    y: int
    width: int
    height: int
    score: float


def load(threads: int = 1) -> None:
    """Load both networks once for this process; later calls do nothing.

    With `threads` = 1 they hold no thread of their own, so a process that loads them and then forks is safe.
    Raises networks.WeightsError.
    """
    centerface.load(threads)
    people.load(threads)


class _Work:
    """Tells how much of the looking is done, counted in pixels looked at."""

    def __init__(self, total: float, tell: Callable[[float], None]) -> None:
        self.total, self.tell, self.done = max(total, 1.0), tell, 0.0

    def looked(self, area: int) -> None:
        self.done += area
        self.tell(_FACES_SHARE * min(1.0, self.done / self.total))


def find_heads(pixels: Pixels) -> list[Head]:
    """Clear faces in `pixels` (height x width x 3, RGB, uint8), largest first, then from left to right."""
    longest = max(pixels.shape[:2])
    found = []
    for side, least, most, floor in _POINTING_PASSES:
        if side <= max(longest, 1024):
            boxes = _pass(pixels, side, floor)
            high = (boxes[:, 3] - boxes[:, 1]) * min(side / longest, _MOST_ENLARGED)
            found.append(boxes[(high >= least) & (high <= most)])
    centerface.rest()
    return _heads(_without_pieces(strongest(np.concatenate(found))))


def find_heads_to_cover(pixels: Pixels, tell: Callable[[float], None] = lambda _: None) -> list[Head]:
    """Everything in `pixels` that may be a head, in the order of `find_heads`; made to miss none.

    The masks enlarge these boxes (`privacy.masks`). A photo of 12 megapixels is looked at in tiles; one that lies on
    its side or its head is looked at upright. `tell` hears the share that is done.
    """
    height, width = pixels.shape[:2]
    work = _Work(_pixels_to_look_at(width, height), tell)
    turns = turning.turns(_resized(pixels, _UPRIGHT_SIDE), _clear_faces)
    found = [
        turning.turned_back(_to_cover(turning.turned(pixels, turn), work), turn, width, height)
        for turn in turns
    ]
    # A face seen in two turns is one. Bodies are looked for in the first turn only.
    faces = turning.turned_back(
        strongest(np.concatenate(found)), -turns[0] % 4, *_sides(width, height, turns[0])
    )
    centerface.rest()
    heads = whole.heads(
        faces,
        turning.turned(pixels, turns[0]),
        lambda share: tell(_FACES_SHARE + (1 - _FACES_SHARE) * share),
    )
    people.rest()
    tell(1.0)
    return _heads(_inside(turning.turned_back(heads, turns[0], width, height), width, height))


def _sides(width: int, height: int, turn: int) -> tuple[int, int]:
    """Width and height of the photo after that turn."""
    return (height, width) if turn % 2 else (width, height)


def _inside(boxes: Boxes, width: int, height: int) -> Boxes:
    """`boxes` ending at the photo's edges, those cut there enlarged so that their masks reach as far into the photo."""
    size, margin = np.array([width, height], np.float32), (masks.SCALE - 1) / 2
    low, high = boxes[:, :2], boxes[:, 2:4]
    reach = margin * (high - low)
    into, back = (high + reach) / (1 + margin), size - (size - low + reach) / (1 + margin)
    high, low = np.where(low < 0, into, high), np.where(high > size, back, low)
    cut = np.concatenate([np.clip(low, 0, size), np.clip(high, 0, size), boxes[:, 4:]], axis=1)
    inside: Boxes = cut[((cut[:, 2:4] - cut[:, :2]) >= 1).all(axis=1)].astype(np.float32)
    return inside


def _pixels_to_look_at(width: int, height: int) -> float:
    """How many pixels all passes over an upright photo of that size take, tile by tile."""
    longest, total = max(width, height), 0
    for side, _, _ in _passes(longest):
        sides = [max(1, round(length * min(side / longest, _MOST_ENLARGED))) for length in (width, height)]
        (down, tops), (across, lefts) = map(spans, sides)
        total += down * len(tops) * across * len(lefts)
    return total


def _clear_faces(view: Pixels) -> Boxes:
    return strongest(_in_tiles(view, _UPRIGHT_SCORE))


def _to_cover(pixels: Pixels, work: _Work) -> Boxes:
    longest, found = max(pixels.shape[:2]), []
    for side, flip, least in _passes(longest):
        boxes = _pass(pixels, side, _FLOOR, mirrored=flip, work=work)
        found.append(boxes[(boxes[:, 3] - boxes[:, 1]) * side / longest >= least])
    boxes = np.concatenate(found)
    return boxes[_sure_enough(boxes)]


def _passes(longest: int) -> list[tuple[int, bool, int]]:
    """(longest side, mirrored, lowest face in pixels at that side) of each look at a photo of that longest side."""
    passes = {  # in a small photo several are the same, which the last one then is
        (min(side, int(longest * _MOST_ENLARGED)), flip): least for side, flip, least in _COVERING_PASSES
    }
    own = [(longest, False, 0)] if longest > _COVERING_PASSES[-1][0] else []
    return [*((side, flip, least) for (side, flip), least in passes.items()), *own]


def _pass(
    pixels: Pixels, side: int, floor: float, *, mirrored: bool = False, work: _Work | None = None
) -> Boxes:
    """Boxes in pixels of the whole photo, found with its longest side resized to `side`."""
    view = _resized(pixels, side)
    (height, width), (down, across) = pixels.shape[:2], view.shape[:2]
    boxes = _in_tiles(view[:, ::-1] if mirrored else view, floor, work)
    if mirrored:
        boxes[:, [0, 2]] = across - boxes[:, [2, 0]]
    boxes[:, [0, 2]] *= width / across
    boxes[:, [1, 3]] *= height / down
    return boxes


def _resized(pixels: Pixels, side: int) -> Pixels:
    """`pixels` with the longest side as long as that, but never enlarged beyond `_MOST_ENLARGED`."""
    height, width = pixels.shape[:2]
    scale = min(side / max(height, width), _MOST_ENLARGED)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size == (width, height):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _in_tiles(view: Pixels, floor: float, work: _Work | None = None) -> Boxes:
    found = []
    for left, top, tile in tiles(view):
        boxes = centerface.faces(tile, floor)
        boxes[:, :4] += np.array([left, top, left, top], np.float32)
        found.append(boxes)
        if work is not None:
            work.looked(tile.shape[0] * tile.shape[1])
    return np.concatenate(found)


def _sure_enough(boxes: Boxes) -> NDArray[np.bool_]:
    high = boxes[:, 3] - boxes[:, 1]
    needed = np.select(
        [high < limit for limit, _ in _COVERING_SCORES], [score for _, score in _COVERING_SCORES], 1.0
    )
    sure: NDArray[np.bool_] = boxes[:, 4] > needed
    return sure


def _without_pieces(boxes: Boxes) -> Boxes:
    """`boxes` without those that are a cheek or a mouth: small, and inside a larger box that is surely a face."""
    sizes = areas(boxes)
    sure = boxes[:, 4] >= _WHOLE_FACE_SCORE
    kept = [
        not np.any(sure & (shared(box, boxes) > _PIECE_INSIDE * area) & (area < _PIECE_AREA * sizes))
        for box, area in zip(boxes, sizes, strict=True)
    ]
    return boxes[np.array(kept, np.bool_)]


def _heads(boxes: Boxes) -> list[Head]:
    heads = []
    for left, top, right, bottom, score in boxes.tolist():
        x, y = int(left), int(top)
        heads.append(Head(x, y, max(1, round(right) - x), max(1, round(bottom) - y), score))
    return sorted(heads, key=lambda head: (-head.width * head.height, head.x, head.y))
