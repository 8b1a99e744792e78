"""Colours of skin: CIE Lab, soft means, and the picture under points that lie between pixels."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from privacy.shapes import Pixels

Lab = NDArray[np.float64]
"""... x 3: lightness 0 to 100, then green to red and blue to yellow (CIE 1976, white point D65)."""

_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])
_LINEAR_BELOW: Final = 6 / 29


def lab(pixels: NDArray[np.uint8] | NDArray[np.float64]) -> Lab:
    """Of sRGB from 0 to 255."""
    part = np.asarray(pixels, np.float64) / 255
    light = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    xyz = light @ _TO_XYZ.T / _WHITE
    root = np.where(xyz > _LINEAR_BELOW**3, np.cbrt(xyz), xyz / (3 * _LINEAR_BELOW**2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def rgb(colours: Lab) -> Pixels:
    """sRGB, clipped to what can be shown."""
    y = (colours[..., 0] + 16) / 116
    root = np.stack([y + colours[..., 1] / 500, y, y - colours[..., 2] / 200], axis=-1)
    xyz = np.where(root > _LINEAR_BELOW, root**3, 3 * _LINEAR_BELOW**2 * (root - 4 / 29)) * _WHITE
    light = np.clip(xyz @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    part = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(part * 255), np.uint8)


def blurred(planes: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Height x width x channels, softened by three running means of about `radius` pixels; edges are carried on."""
    width = max(0, round(radius))
    for axis in (0, 1):
        for _ in range(3 if width else 0):
            planes = _running_mean(planes, width, axis)
    return planes


def _running_mean(planes: NDArray[np.float64], width: int, axis: int) -> NDArray[np.float64]:
    ends = [(0, 0)] * planes.ndim
    ends[axis] = (width + 1, width)
    sums = np.cumsum(np.pad(planes, ends, mode="edge"), axis=axis)
    span = 2 * width + 1
    later = np.take(sums, range(span, sums.shape[axis]), axis=axis)
    earlier = np.take(sums, range(sums.shape[axis] - span), axis=axis)
    return np.asarray((later - earlier) / span)


def sampled(
    pixels: NDArray[np.uint8] | NDArray[np.float64], where: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The colours of `pixels` at points (... x 2: x, y), between pixels too; beyond the edge, those of the edge."""
    height, width = pixels.shape[:2]
    x, y = np.clip(where[..., 0], 0, width - 1.001), np.clip(where[..., 1], 0, height - 1.001)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    along, down = (x - left)[..., np.newaxis], (y - top)[..., np.newaxis]
    above = pixels[top, left] * (1 - along) + pixels[top, right] * along
    below = pixels[bottom, left] * (1 - along) + pixels[bottom, right] * along
    return np.asarray(above * (1 - down) + below * down, np.float64)
