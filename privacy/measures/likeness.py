"""How alike two pictures look: SSIM, and DSSIM, in which the budgets of published cloaks are stated.

Source: Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity",
2004: windows of 11 x 11 with a Gaussian of 1.5, those wholly inside the picture, the mean over red, green and blue.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from privacy.shapes import Pixels

_WINDOW: Final = 11
_WIDTH: Final = 1.5
_SMALL_MEAN: Final = (0.01 * 255) ** 2
_SMALL_SPREAD: Final = (0.03 * 255) ** 2

Plane = NDArray[np.float64]


def ssim(one: Pixels, other: Pixels) -> float:
    """1 for the same picture, less the less alike. Raises ValueError for other sizes, or sides below 11 pixels."""
    if one.shape != other.shape or min(one.shape[:2]) < _WINDOW:
        raise ValueError("Two pictures of one size, 11 pixels or more a side.")
    return float(
        np.mean([_of_plane(one[..., i].astype(float), other[..., i].astype(float)) for i in range(3)])
    )


def dssim(one: Pixels, other: Pixels) -> float:
    """(1 - SSIM) / 2: 0 for the same picture. Raises ValueError like `ssim`."""
    return (1 - ssim(one, other)) / 2


def _of_plane(one: Plane, other: Plane) -> float:
    mean_one, mean_other = _blurred(one), _blurred(other)
    spread_one = _blurred(one * one) - mean_one**2
    spread_other = _blurred(other * other) - mean_other**2
    together = _blurred(one * other) - mean_one * mean_other
    means = (2 * mean_one * mean_other + _SMALL_MEAN) / (mean_one**2 + mean_other**2 + _SMALL_MEAN)
    spreads = (2 * together + _SMALL_SPREAD) / (spread_one + spread_other + _SMALL_SPREAD)
    return float((means * spreads).mean())


def _blurred(plane: Plane) -> Plane:
    """With the window, whole windows only."""
    offsets = np.arange(_WINDOW) - _WINDOW // 2
    weights = np.exp(-(offsets**2) / (2 * _WIDTH**2))
    weights /= weights.sum()
    height, width = plane.shape[0] - _WINDOW + 1, plane.shape[1] - _WINDOW + 1
    rows: Plane = sum((w * plane[at : at + height] for at, w in enumerate(weights)), np.zeros(()))
    both: Plane = sum((w * rows[:, at : at + width] for at, w in enumerate(weights)), np.zeros(()))
    return both
