"""Plain geometry of found boxes: how much two share, and which to keep of several that mean one head."""

import numpy as np
from numpy.typing import NDArray

from privacy.shapes import Boxes

Box = NDArray[np.float32]
Which = NDArray[np.bool_]
SAME_HEAD = 0.3  # intersection over union


def strongest(boxes: Boxes) -> Boxes:
    """The best box of each head: greedy suppression of lesser ones that overlap it; more columns may follow."""
    rest = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    kept = []
    while len(rest):
        best, rest = rest[0].copy(), rest[1:]  # a view would keep every round's leftovers in memory
        kept.append(best)
        rest = rest[overlap(best, rest) < SAME_HEAD]
    return np.array(kept, np.float32).reshape(-1, boxes.shape[1])


def averaged(boxes: Boxes, least: float) -> Boxes:
    """One box for each group that overlaps its surest one by `least` or more: the mean, weighted by score."""
    rest = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    kept = []
    while len(rest):
        group = overlap(rest[0], rest) >= least
        group[0] = True  # also when it has no area
        weights = rest[group, 4]
        mean = (rest[group] * weights[:, np.newaxis]).sum(axis=0) / weights.sum()
        mean[4] = rest[0, 4]
        kept.append(mean)
        rest = rest[~group]
    return np.array(kept, np.float32).reshape(-1, 5)


def middles(boxes: Boxes) -> NDArray[np.float32]:
    """x and y of the middle of each box."""
    points: NDArray[np.float32] = (boxes[:, :2] + boxes[:, 2:4]) * np.float32(0.5)
    return points


def holds(box: Box, points: NDArray[np.float32]) -> Which:
    """Which of `points` lie in `box`."""
    inside: Which = np.all((points >= box[:2]) & (points <= box[2:4]), axis=1)
    return inside


def resized(boxes: Boxes, scale: float) -> Boxes:
    """Each box `scale` times as large about its middle."""
    half = (boxes[:, 2:4] - boxes[:, :2]) / 2 * scale
    at = middles(boxes)
    larger: Boxes = np.concatenate([at - half, at + half, boxes[:, 4:]], axis=1)
    return larger


def overlap(box: Box, others: Boxes) -> NDArray[np.float32]:
    """Intersection over union of `box` with each of `others`."""
    common = shared(box, others)
    result: NDArray[np.float32] = common / (areas(box[np.newaxis]) + areas(others) - common)
    return result


def shared(box: Box, others: Boxes) -> NDArray[np.float32]:
    """The area that `box` shares with each of `others`."""
    across = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    down = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    area: NDArray[np.float32] = np.maximum(across, 0) * np.maximum(down, 0)
    return area


def areas(boxes: Boxes) -> NDArray[np.float32]:
    """Pixels in each box."""
    area: NDArray[np.float32] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return area
