"""Which way up is a photo that does not say so? The faces in it know: upright ones are found, turned ones hardly.

A phone writes the turn into metadata; many programs drop that. A photo that lies on its side would then hide most of
its heads from the finder, so the finder asks here first, on a small copy.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from privacy.shapes import Boxes, Pixels

Finder = Callable[[Pixels], Boxes]

# Turns whose faces weigh at least this much of the best turn's are all looked at: somebody may lie on the ground, and
# a doubtful answer must cost paint, not a face. Upright photos gave under a third of it to any other turn.
_STILL_DOUBTFUL: Final = 0.5


def turns(pixels: Pixels, find: Finder) -> list[int]:
    """Quarter turns (0 to 3, counter-clockwise) after which `find` sees faces in `pixels` well.

    First as it is, where that is among them: most photos are upright. Then the best first.
    `find` gives boxes of clear faces. Without any in any direction, the photo is taken as it is.
    """
    weights = [float(find(turned(pixels, turn))[:, 4].sum()) for turn in range(4)]
    best = max(weights)
    if not best:
        return [0]
    doubtful = [turn for turn in range(4) if weights[turn] >= _STILL_DOUBTFUL * best]
    return sorted(doubtful, key=lambda turn: (turn != 0, -weights[turn]))


def turned(pixels: Pixels, turn: int) -> Pixels:
    """`pixels` after `turn` quarter turns, counter-clockwise."""
    return np.ascontiguousarray(np.rot90(pixels, turn))


def turned_back(boxes: Boxes, turn: int, width: int, height: int) -> Boxes:
    """`boxes` found in the turned picture, in pixels of the picture as it was (`width` x `height`)."""
    left, top, right, bottom, score = boxes.T
    edges = {
        0: (left, top, right, bottom),
        1: (width - bottom, left, width - top, right),
        2: (width - right, height - bottom, width - left, height - top),
        3: (top, height - right, bottom, height - left),
    }[turn]
    back: Boxes = np.stack([*edges, score], axis=1).astype(np.float32)
    return back
