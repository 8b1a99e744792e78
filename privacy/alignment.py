"""Where a recogniser looks: the turned, moved and scaled square that each one cuts out of a photo around a face.

Every recogniser was trained on faces brought to the same place by a few points of theirs; a cloak is made, and
protection is measured, through that same step. Squares are given as 2 x 3 matrices from a pixel of the square to a
pixel of the photo, both counted from the picture's corner (the middle of the first pixel is at .5).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""N x 2, x and y in pixels of the photo."""
Square = NDArray[np.float64]
"""2 x 3, from the square's pixels to the photo's."""

# Both eyes, the nose and the mouth's corners in 112 pixels, as most recognisers since ArcFace are aligned.
_FIVE: Final = np.array(
    ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
)
_FIVE_SIDE: Final = 112
FACERES_SPREAD: Final = 0.675
"""faceres looks at the whole head."""
FACERES_COLOUR: Final = (103.939, 116.779, 123.68)
"""The mean colour (blue, green, red) of the photos that faceres was trained on, which it wants taken off."""
# dlib's five points: the corners of the eyes and the base of the nose, as shares of the face without its margin.
_CORNERS: Final = (45, 42, 36, 39, 33)
_CORNERS_AT: Final = np.array(
    ((0.8596, 0.2135), (0.6461, 0.2290), (0.1206, 0.2137), (0.3341, 0.2291), (0.4901, 0.6278))
)
_MARGIN: Final = 0.25


def by_five(points: Points, side: int, spread: float = 1.0) -> Square:
    """The square of `side` pixels for a recogniser of the ArcFace family; a smaller `spread` shows more around it."""
    eyes = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    middle = _FIVE_SIDE / 2
    wanted = (middle + (_FIVE - middle) * spread) * side / _FIVE_SIDE
    return _square(wanted, np.array([*eyes, points[30], points[48], points[54]]))


def by_corners(points: Points, side: int) -> Square:
    """dlib's square, with a quarter of the face as its margin."""
    wanted = (_CORNERS_AT + _MARGIN) / (1 + 2 * _MARGIN) * side
    return _square(wanted, points[list(_CORNERS)])


def _square(wanted: Points, found: Points) -> Square:
    """The similarity nearest to carrying `wanted` onto `found` (least squares)."""
    middle_wanted, middle_found = wanted.mean(axis=0), found.mean(axis=0)
    one, other = wanted - middle_wanted, found - middle_found
    size = (one**2).sum()
    along = (one * other).sum() / size
    across = (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum() / size
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, middle_found - turn @ middle_wanted])


def moved(square: Square, side: int, *, scale: float, turn: float, right: float, down: float) -> Square:
    """The same square a little off: scaled, turned by `turn` radians about its middle, moved by shares of its side.

    A recogniser's points are never twice in the same place, so a cloak must not need them to be.
    """
    middle = np.full(2, side / 2)
    about = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shift = middle + np.array([right, down]) * side - about @ middle
    return np.column_stack([square[:, :2] @ about, square[:, :2] @ shift + square[:, 2]])
