"""The one head finder: where the heads in a photo are, for pointing, for tagging and for covering.

Two questions, two answers. `find_heads` offers faces a person can point at: clear ones, few false boxes.
`find_heads_to_cover` must miss nobody: it looks at several sizes and keeps doubtful boxes, so it also covers
some fists and flags. Heads seen from behind are often missed by both: a person must look before publishing.

Boxes only; the network underneath cannot measure a face (see `privacy.centerface`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from privacy import centerface
from privacy.centerface import load
from privacy.shapes import Boxes, Pixels

__all__ = ["Head", "find_heads", "find_heads_to_cover", "load"]

# To point at: (longest side, smallest and largest face in pixels at that side, score above). The network knows
# faces up to some 400 pixels and breaks larger ones into pieces, so each size has its own range of faces. Chosen
# on 193 crowd photos: at 0.3, 90 % of the boxes 20 pixels or higher are faces; 0.2 finds 5 % more, at 80 %.
_POINTING_PASSES: Final = ((512, 96, np.inf, 0.4), (1024, 0, 400, 0.3), (2048, 0, 400, 0.3))
_WHOLE_FACE_SCORE: Final = 0.5
_PIECE_INSIDE: Final = 0.7
_PIECE_AREA: Final = 0.5

# To cover. (longest side, mirrored); a large photo's own size is added. Mirroring is a cheap second opinion.
_COVERING_PASSES: Final = ((512, False), (1024, False), (1024, True), (2048, False))
# A false box costs picture by its area, so a small one may be doubtful and a large one must be surer:
# (smaller than this many of the photo's pixels high, score above). The same in large photos: scaling the heights
# with the photo covered 2 more of 599 faces in three 12-megapixel mosaics, and painted 37 % of them, not 24 %.
_COVERING_SCORES: Final = ((24.0, 0.05), (60.0, 0.08), (np.inf, 0.12))
_FLOOR: Final = 0.05

_MOST_ENLARGED: Final = 2.0
_TILE: Final = 1088
_TILE_OVERLAP: Final = 160  # a larger head than this is found whole at a smaller size
_SAME_HEAD: Final = 0.3  # intersection over union


@dataclass(frozen=True)
class Head:
    """One head's box in whole pixels of the upright photo, and how sure the finder is (0 to 1)."""

    x: int
    y: int
    width: int
    height: int
    score: float


def find_heads(pixels: Pixels) -> list[Head]:
    """Clear faces in `pixels` (height x width x 3, RGB, uint8), largest first, then from left to right."""
    longest = max(pixels.shape[:2])
    found = []
    for side, least, most, floor in _POINTING_PASSES:
        if side <= max(longest, 1024):
            boxes = _pass(pixels, side, floor)
            high = (boxes[:, 3] - boxes[:, 1]) * min(side / longest, _MOST_ENLARGED)
            found.append(boxes[(high >= least) & (high <= most)])
    return _heads(_without_pieces(_strongest(np.concatenate(found))))


def find_heads_to_cover(pixels: Pixels) -> list[Head]:
    """Everything in `pixels` that may be a head, in the order of `find_heads`; made to miss none.

    The masks enlarge these boxes (`privacy.masks.cover`). A photo of 12 megapixels is looked at in tiles.
    """
    longest = max(pixels.shape[:2])
    passes = dict.fromkeys(
        (min(side, int(longest * _MOST_ENLARGED)), flip) for side, flip in _COVERING_PASSES
    )
    found = [_pass(pixels, side, _FLOOR, mirrored=flip) for side, flip in passes]
    if longest > _COVERING_PASSES[-1][0]:
        found.append(_pass(pixels, longest, _FLOOR))
    boxes = np.concatenate(found)
    return _heads(_strongest(boxes[_sure_enough(boxes)]))


def _pass(pixels: Pixels, side: int, floor: float, *, mirrored: bool = False) -> Boxes:
    """Boxes in pixels of the whole photo, found with its longest side resized to `side`."""
    height, width = pixels.shape[:2]
    scale = min(side / max(height, width), _MOST_ENLARGED)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = Image.fromarray(pixels)
    if size != (width, height):
        picture = picture.resize(size, Image.Resampling.BILINEAR)
    view = np.asarray(picture)
    boxes = _in_tiles(view[:, ::-1] if mirrored else view, floor)
    if mirrored:
        boxes[:, [0, 2]] = size[0] - boxes[:, [2, 0]]
    boxes[:, [0, 2]] *= width / size[0]
    boxes[:, [1, 3]] *= height / size[1]
    return boxes


def _in_tiles(view: Pixels, floor: float) -> Boxes:
    """One pass over overlapping tiles: the network's memory grows with the area it sees at once."""
    found = []
    for top in _starts(view.shape[0]):
        for left in _starts(view.shape[1]):
            boxes = centerface.faces(view[top : top + _TILE, left : left + _TILE], floor)
            boxes[:, :4] += np.array([left, top, left, top], np.float32)
            found.append(boxes)
    return np.concatenate(found)


def _starts(length: int) -> list[int]:
    """Where tiles begin along one side: evenly, each overlapping the next."""
    if length <= _TILE:
        return [0]
    count = -(-(length - _TILE_OVERLAP) // (_TILE - _TILE_OVERLAP))
    return [round(at * (length - _TILE) / (count - 1)) for at in range(count)]


def _sure_enough(boxes: Boxes) -> NDArray[np.bool_]:
    high = boxes[:, 3] - boxes[:, 1]
    needed = np.select(
        [high < limit for limit, _ in _COVERING_SCORES], [score for _, score in _COVERING_SCORES], 1.0
    )
    sure: NDArray[np.bool_] = boxes[:, 4] > needed
    return sure


def _strongest(boxes: Boxes) -> Boxes:
    """The best box of each head: greedy suppression of lesser ones that overlap it."""
    rest = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    kept = []
    while len(rest):
        best, rest = rest[0].copy(), rest[1:]  # a view would keep every round's leftovers in memory
        kept.append(best)
        rest = rest[_overlap(best, rest) < _SAME_HEAD]
    return np.array(kept, np.float32).reshape(-1, 5)


def _without_pieces(boxes: Boxes) -> Boxes:
    """`boxes` without those that are a cheek or a mouth: small, and inside a larger box that is surely a face."""
    areas = _areas(boxes)
    sure = boxes[:, 4] >= _WHOLE_FACE_SCORE
    kept = [
        not np.any(sure & (_shared(box, boxes) > _PIECE_INSIDE * area) & (area < _PIECE_AREA * areas))
        for box, area in zip(boxes, areas, strict=True)
    ]
    return boxes[np.array(kept, np.bool_)]


def _overlap(box: NDArray[np.float32], others: Boxes) -> NDArray[np.float32]:
    """Intersection over union of `box` with each of `others`."""
    shared = _shared(box, others)
    result: NDArray[np.float32] = shared / (_areas(box[np.newaxis]) + _areas(others) - shared)
    return result


def _shared(box: NDArray[np.float32], others: Boxes) -> NDArray[np.float32]:
    """The area that `box` shares with each of `others`."""
    left_top = np.maximum(box[:2], others[:, :2])
    right_bottom = np.minimum(box[2:4], others[:, 2:4])
    area: NDArray[np.float32] = np.prod(np.clip(right_bottom - left_top, 0, None), axis=1)
    return area


def _areas(boxes: Boxes) -> NDArray[np.float32]:
    area: NDArray[np.float32] = np.prod(boxes[:, 2:4] - boxes[:, :2], axis=1)
    return area


def _heads(boxes: Boxes) -> list[Head]:
    heads = []
    for left, top, right, bottom, score in boxes.tolist():
        x, y = int(left), int(top)
        heads.append(Head(x, y, max(1, round(right) - x), max(1, round(bottom) - y), score))
    return sorted(heads, key=lambda head: (-head.width * head.height, head.x, head.y))
