"""Is this face worth comparing? Plain numbers of one aligned face, and the limits under which no answer helps anybody.

A hopeless picture still has 128 numbers, and somebody always lies nearest to them. So a face that is too blurred, too
dark or too far turned away is refused with advice. The limits refuse what is hopeless, not what is merely bad; how
they were chosen, and how many good photos they would refuse, is in docs/models.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_SIDE = 18.0
FLAT_BELOW = 4.0
BLURRED_BELOW = 0.01
TURNED_ABOVE = 0.75

_SQUARE = 3

Point = tuple[float, float]
"""x and y in pixels."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the picture of a face is. Nothing here tells whose face it is; of a probe it is kept nowhere."""

    side: float
    """Of the square around the face, in pixels of the photo."""
    sharpness: float
    """Variance of the Laplacian of the grey chip in squares of 3 pixels, its mean set to 0 and its spread to 1."""
    brightness: float
    """Mean grey level of the chip, 0 to 255."""
    contrast: float
    """Standard deviation of the grey levels of the chip."""
    turned: float
    """How far the nose is from the middle between the eyes, in distances between the eyes: 0 looks straight ahead."""


def of(*, chip: NDArray[np.uint8], points: Sequence[Point], side: float) -> Quality:
    """`chip`: one aligned face, height x width x 3. `points`: two corners of one eye, two of the other, the nose."""
    grey = chip.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    contrast = float(grey.std())
    return Quality(
        side=side,
        sharpness=_sharpness((grey - grey.mean()) / max(contrast, 1.0)),
        brightness=float(grey.mean()),
        contrast=contrast,
        turned=_turned(np.array(points, np.float64)),
    )


def _sharpness(grey: NDArray[np.float64]) -> float:
    """On the means of small squares: between single pixels, what a blurred photo shows most is its own rounding."""
    rows, columns = (side // _SQUARE for side in grey.shape)
    grey = (
        grey[: rows * _SQUARE, : columns * _SQUARE].reshape(rows, _SQUARE, columns, _SQUARE).mean(axis=(1, 3))
    )
    middle = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle
    return float(laplacian.var())


def _turned(points: NDArray[np.float64]) -> float:
    """Along the line through the eyes, so that a head held at a slant is not taken for a turned one."""
    one, other, nose = points[:2].mean(axis=0), points[2:4].mean(axis=0), points[4]
    line = one - other
    return float(abs((nose - (one + other) / 2) @ line) / max(line @ line, 1.0))


def refusal(quality: Quality) -> str | None:
    """Why this face is not worth comparing: too_small, too_dark, too_blurred, turned_away. None when it is."""
    if quality.side < SMALLEST_SIDE:
        return "too_small"
    if quality.contrast < FLAT_BELOW:
        return "too_dark"
    if quality.sharpness < BLURRED_BELOW:
        return "too_blurred"
    if quality.turned > TURNED_ABOVE:
        return "turned_away"
    return None
