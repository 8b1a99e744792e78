"""Which way up, and boxes that come back to where they were seen."""

import numpy as np
import pytest

from privacy import turning
from privacy.shapes import Boxes, Pixels

SPOT = (30, 10, 50, 22)  # left, top, right, bottom


def with_a_spot() -> Pixels:
    pixels = np.zeros((60, 100, 3), np.uint8)
    left, top, right, bottom = SPOT
    pixels[top:bottom, left:right] = 255
    return pixels


def the_spot(pixels: Pixels) -> Boxes:
    """A finder that sees exactly the white spot, and is surer of it the more it lies down."""
    rows, columns = np.nonzero(pixels[:, :, 0])
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, 0.9]
    return np.array([box], np.float32)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_box_comes_back_to_where_it_was(turn: int) -> None:
    pixels = with_a_spot()
    found = the_spot(turning.turned(pixels, turn))
    back = turning.turned_back(found, turn, width=100, height=60)
    assert back.tolist() == [[*SPOT, pytest.approx(0.9)]]


def finder_of(upright: Pixels, weights: dict[int, float]) -> turning.Finder:
    """Sees `weights[n]` after n quarter turns of `upright`."""
    views = [turning.turned(upright, turn) for turn in range(4)]

    def find(pixels: Pixels) -> Boxes:
        turn = next(n for n, view in enumerate(views) if np.array_equal(view, pixels))
        return np.array([[0, 0, 9, 9, weights.get(turn, 0)]], np.float32)

    return find


@pytest.mark.parametrize(
    ("weights", "looked_at"),
    [
        ({}, [0]),
        ({0: 0.9}, [0]),
        ({0: 0.9, 1: 0.3}, [0]),
        ({0: 0.2, 3: 0.9}, [3]),
        ({0: 0.9, 1: 0.5}, [0, 1]),
        ({0: 0.5, 2: 0.9}, [0, 2]),
        ({0: 0.4, 1: 0.6, 3: 0.9}, [3, 1]),
        ({0: 0.5, 1: 0.5, 2: 0.9, 3: 0.6}, [0, 2, 3, 1]),
    ],
)
def test_the_direction_that_shows_most_is_looked_at_and_every_doubtful_one(
    weights: dict[int, float], looked_at: list[int]
) -> None:
    pixels = with_a_spot()
    assert turning.turns(pixels, finder_of(pixels, weights)) == looked_at
