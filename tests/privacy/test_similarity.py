"""Likeness with gradients is the likeness that is measured with."""

import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from privacy.evaluation import as_published
from privacy.measures import likeness
from privacy.shapes import Pixels

torch = pytest.importorskip("torch", reason="torch is not installed")
similarity = importlib.import_module("privacy.similarity")
views = importlib.import_module("privacy.evading.views")

PHOTO = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers" / "009" / "1.jpg"


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return as_published(PHOTO)[0][40:200, 30:170]


CHANCE = np.random.default_rng(0)
CHANGES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "nothing": lambda photo: photo,
    "a little noise": lambda photo: photo + CHANCE.integers(-8, 9, photo.shape),
    "much noise": lambda photo: photo + CHANCE.integers(-80, 81, photo.shape),
    "another light": lambda photo: 0.7 * photo + 30,
    "one colour": lambda photo: photo + np.array([12, 0, -12]),
    "upside down": lambda photo: photo[::-1],
    "flat": lambda photo: np.full(photo.shape, 100.0),
}


@pytest.mark.parametrize("how", CHANGES)
def test_both_ways_give_the_same_dssim(photo: Pixels, how: str) -> None:
    other = np.clip(CHANGES[how](photo.astype(np.float64)), 0, 255).astype(np.uint8)
    found = float(similarity.dssim(views.as_tensor(photo), views.as_tensor(other)))
    assert found == pytest.approx(likeness.dssim(photo, other), abs=1e-4)
    assert (found > 1e-3) == (how != "nothing")


def test_likeness_is_one_for_the_same_and_less_for_more_change(photo: Pixels) -> None:
    picture = views.as_tensor(photo)
    noise = torch.randn(picture.shape, generator=torch.Generator().manual_seed(0))
    alike = [float(similarity.ssim_map(picture, picture + much * noise).mean()) for much in (0, 4, 12, 40)]
    assert alike[0] == pytest.approx(1, abs=1e-5)
    assert alike == sorted(alike, reverse=True)
    assert alike[-1] < 0.6


def test_likeness_of_flat_pictures_is_the_formula_s() -> None:
    """Without structure only the means count: (2ab + C1) / (a^2 + b^2 + C1)."""
    one, other = torch.full((1, 3, 20, 20), 100.0), torch.full((1, 3, 20, 20), 120.0)
    c1 = (0.01 * 255) ** 2
    expected = (2 * 100 * 120 + c1) / (100**2 + 120**2 + c1)
    assert float(similarity.ssim_map(one, other).mean()) == pytest.approx(expected, abs=1e-4)
    assert similarity.ssim_map(one, other).shape == (1, 20, 20), "at every pixel, also at the edge"
