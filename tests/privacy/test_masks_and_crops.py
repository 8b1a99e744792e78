"""Paint that hides and cuts that keep to the box."""

import io
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from privacy.crops import crop
from privacy.heads import Head
from privacy.masks import cover
from privacy.photos import rebuild
from privacy.segments import is_only_a_picture
from tests.privacy import samples


@dataclass
class Drawn:
    """A box that a person drew."""

    x: int
    y: int
    width: int
    height: int


def white(width: int = 100, height: int = 80) -> np.ndarray:
    return np.full((height, width, 3), 255, np.uint8)


def test_paint_is_opaque_larger_than_the_head_and_nowhere_else() -> None:
    before = white()
    covered = cover(before, [Head(40, 30, 20, 10, 0.9)])
    black = (covered == 0).all(axis=2)
    assert black[28:42, 37:63].all()
    assert black.sum() == 14 * 26
    assert (before == 255).all()


def test_colour_and_scale_can_be_chosen() -> None:
    covered = cover(white(), [Drawn(40, 30, 20, 10)], scale=1.0, colour=(1, 2, 3))
    assert (covered == (1, 2, 3)).all(axis=2).sum() == 200


@pytest.mark.parametrize(
    ("box", "painted"),
    [
        (Drawn(-10, -10, 20, 20), 10 * 10),
        (Drawn(90, 70, 20, 20), 10 * 10),
        (Drawn(-30, -30, 20, 20), 0),
        (Drawn(200, 10, 20, 20), 0),
        (Drawn(-50, -50, 500, 500), 100 * 80),
    ],
)
def test_boxes_over_the_edge_paint_what_is_inside(box: Drawn, painted: int) -> None:
    assert (cover(white(), [box], scale=1.0) == 0).all(axis=2).sum() == painted


def test_no_heads_no_paint_and_no_shrinking() -> None:
    assert (cover(white(), []) == 255).all()
    with pytest.raises(ValueError, match="smaller"):
        cover(white(), [], scale=0.9)


def opened(jpeg: bytes) -> np.ndarray:
    assert is_only_a_picture(jpeg)
    return np.asarray(Image.open(io.BytesIO(jpeg)))


def test_a_crop_holds_the_box_and_its_margin() -> None:
    photo = rebuild(samples.photo(picture=samples.corners(200, 100))).jpeg
    cut = opened(crop(photo, Drawn(140, 8, 40, 30), margin=0.25, longest=500))
    assert cut.shape == (46, 60, 3)
    assert np.abs(cut.astype(int) - (20, 220, 20)).max() <= 12  # the top right quarter, and no other


def test_a_crop_is_clipped_to_the_photo() -> None:
    photo = rebuild(samples.photo(picture=samples.corners(200, 100))).jpeg
    assert opened(crop(photo, Drawn(-10, -10, 30, 30), margin=0, longest=500)).shape == (20, 20, 3)
    assert opened(crop(photo, Drawn(190, 90, 30, 30), margin=1.0, longest=500)).shape == (40, 40, 3)


def test_a_crop_is_made_smaller_but_never_larger() -> None:
    photo = rebuild(samples.photo(picture=samples.corners(200, 100))).jpeg
    assert opened(crop(photo, Drawn(0, 0, 200, 100), margin=0, longest=50)).shape == (25, 50, 3)
    assert opened(crop(photo, Drawn(0, 0, 20, 10), margin=0, longest=50)).shape == (10, 20, 3)


@pytest.mark.parametrize(
    ("box", "margin", "longest"),
    [
        (Drawn(0, 0, 0, 10), 0.0, 50),
        (Drawn(0, 0, 10, 0), 0.0, 50),
        (Drawn(0, 0, 10, 10), -0.1, 50),
        (Drawn(0, 0, 10, 10), 0.0, 0),
        (Drawn(200, 0, 10, 10), 0.5, 50),
        (Drawn(-30, 0, 10, 10), 5.0, 50),
        (Drawn(0, 100, 10, 10), 5.0, 50),
    ],
)
def test_a_senseless_box_is_refused(box: Drawn, margin: float, longest: int) -> None:
    photo = rebuild(samples.photo(picture=samples.corners(200, 100))).jpeg
    with pytest.raises(ValueError):
        crop(photo, box, margin, longest)
