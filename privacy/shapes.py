"""The shapes that the photo floor's parts hand to one another."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 3, RGB, upright."""

Boxes = NDArray[np.float32]
"""One row for each box: left, top, right, bottom in pixels, and score from 0 to 1."""


class Box(Protocol):
    """Anything with a box in whole pixels: a found head, a face that a person drew."""

    @property
    def x(self) -> int:
        """Left edge."""

    @property
    def y(self) -> int:
        """Top edge."""

    @property
    def width(self) -> int:
        """Pixels across."""

    @property
    def height(self) -> int:
        """Pixels down."""


class Rectangle(NamedTuple):
    """A box in whole pixels of the upright photo, for passing on."""

    x: int
    y: int
    width: int
    height: int


class Share(NamedTuple):
    """A box in shares of the photo's sides, from 0 to 1."""

    left: float
    top: float
    width: float
    height: float
