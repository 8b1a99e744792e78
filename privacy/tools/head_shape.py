"""Decides how a flat picture of a face is laid on a turned head: one head for everybody, so that no one's shows.

Keeping a person's own 68 points in the new face keeps a good part of what recognisers know them by. So only where the
head is, how large and how it is turned are taken from them; the shape between is one mean shape of people who do not
exist, and its depth a plain formula: a rounded front with a nose on it.

The flat picture's own measures: x to the right and y down, both about the bridge of the nose, and the face from one
ear's edge to the other 1.6 wide.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""N x 2."""

_JAW_WEIGHT: Final = (
    0.3  # the outline of a turned head is another line of the skin; the rest of the points stay put
)
_ROUNDS: Final = 14


def depth(points: Points) -> NDArray[np.float64]:
    """How far each point of the flat picture lies in front of the ears, in its own measure."""
    x, y = points[..., 0], points[..., 1]
    front = 0.75 - 0.75 * (x / 0.85) ** 2 - 0.32 * (y / 1.1) ** 2
    nose = 0.2 * np.exp(-((x / 0.15) ** 2) - ((y - 0.3) / 0.25) ** 2)
    found: NDArray[np.float64] = front + nose
    return found


@dataclass(frozen=True)
class Pose:
    """Where the head is in the photo: `turn` (2 x 3, pixels for one unit of the flat picture) and `move` (pixels)."""

    turn: NDArray[np.float64]
    move: NDArray[np.float64]

    @property
    def size(self) -> float:
        """Pixels for one unit of the flat picture."""
        return float(np.linalg.norm(self.turn[0]))

    @property
    def turned_aside(self) -> float:
        """Degrees to the left or right; positive: the nose points to the right of the photo."""
        across = self.turn / self.size
        return math.degrees(math.asin(float(np.clip(_upright(across)[0, 2], -1, 1))))

    @property
    def nodding(self) -> float:
        """Degrees up or down; positive: the nose points down."""
        return math.degrees(math.asin(float(np.clip(_upright(self.turn / self.size)[1, 2], -1, 1))))

    def on_photo(self, flat: Points) -> Points:
        """From the flat picture to pixels of the photo."""
        solid = np.concatenate([flat, depth(flat)[..., np.newaxis]], axis=-1)
        return np.asarray(solid @ self.turn.T + self.move)

    def on_picture(self, pixels: Points) -> Points:
        """From pixels of the photo to the flat picture: a few steps towards the point that lands there."""
        back = np.linalg.inv(self.turn[:, :2])
        start = (pixels - self.move) @ back.T
        aside = back @ self.turn[:, 2]
        flat = start - depth(np.zeros(2)) * aside
        for _ in range(_ROUNDS):
            flat = 0.5 * flat + 0.5 * (start - depth(np.clip(flat, -1.3, 1.3))[..., np.newaxis] * aside)
        return flat


def _upright(across: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the head's leaning to a shoulder: the eyes level."""
    angle = math.atan2(across[1, 0], across[0, 0])
    level = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return np.asarray(level @ across)


def pose(found: Points, shape: Points) -> Pose:
    """How a head of `shape` (68 x 2, flat) must be turned and sized for its points to lie nearest to those `found`.

    Scaled orthographic: no perspective, and nothing stretched in one direction.
    """
    weights = np.where(np.arange(len(shape)) < 17, _JAW_WEIGHT, 1.0)[:, np.newaxis]
    solid = np.column_stack([shape, depth(shape)])
    middle_solid = (solid * weights).sum(axis=0) / weights.sum()
    middle_found = (found * weights).sum(axis=0) / weights.sum()
    answer, *_ = np.linalg.lstsq(
        (solid - middle_solid) * np.sqrt(weights), (found - middle_found) * np.sqrt(weights), rcond=None
    )
    left, sizes, right = np.linalg.svd(answer.T, full_matrices=False)
    turn = sizes.mean() * left @ right
    return Pose(turn, middle_found - turn @ middle_solid)
