"""One noise for a folder of photos: within its budget, a person's own, and learnt sooner than the face."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from privacy.evaluation import as_published
from privacy.shapes import Pixels, Rectangle

torch = pytest.importorskip("torch", reason="torch is not installed")
unlearnable = importlib.import_module("privacy.tools.unlearnable")
shortcut = importlib.import_module("privacy.unlearning.shortcut")

DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers"
QUICK = unlearnable.Options(rounds=2)


def person(name: str) -> list[Pixels]:
    """Four photos of somebody who does not exist."""
    return [as_published(path)[0] for path in sorted((DEMO / name).glob("*.jpg"))]


@pytest.fixture(scope="module")
def folder() -> list[Pixels]:
    return person("009")


def test_no_pixel_changes_by_more_than_the_strength(folder: list[Pixels]) -> None:
    for before, done in zip(folder, unlearnable.protect_folder(folder, QUICK, lambda _: None), strict=True):
        change = done.pixels.astype(int) - before
        assert np.abs(change).max() <= QUICK.strength
        assert np.abs(change).max() >= 2, "there is some"
        assert done.faces == 1


def test_all_photos_of_a_folder_get_the_same_noise() -> None:
    noise = torch.rand(1, 3, shortcut.GRID, shortcut.GRID) * 2 - 1
    grey = np.full((200, 300, 3), 128, np.uint8)
    place = Rectangle(40, 20, 100, 100)
    one = unlearnable.laid_over(grey, place, noise, 8).astype(int) - grey
    other = unlearnable.laid_over(grey + 10, place, noise, 8).astype(int) - grey - 10
    assert np.array_equal(one, other)
    assert not one[:20].any()
    assert not one[:, 140:].any()


def test_noise_that_hangs_over_the_edge_is_cut_off() -> None:
    noise = torch.ones(1, 3, shortcut.GRID, shortcut.GRID)
    grey = np.full((50, 60, 3), 100, np.uint8)
    changed = unlearnable.laid_over(grey, Rectangle(-30, -20, 100, 100), noise, 8)
    assert (changed == 108).all()


def test_two_people_get_two_noises(folder: list[Pixels]) -> None:
    faces = torch.rand(3, 3, shortcut.SIDE, shortcut.SIDE) * 255
    one, again, other = (shortcut.shortcut(faces, shortcut.Plan(rounds=2, seed=seed)) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    alike = torch.nn.functional.cosine_similarity(one.flatten(), other.flatten(), dim=0)
    assert abs(float(alike)) < 0.3


def test_the_noise_is_told_apart_ever_better(folder: list[Pixels]) -> None:
    """What makes it a shortcut: a network that never saw it made learns it sooner than a person's face."""
    faces = torch.stack(
        [torch.from_numpy(photo[:64, :64].astype(np.float32)).permute(2, 0, 1) for photo in folder]
    )
    made = shortcut.shortcut(faces, shortcut.Plan(rounds=8, seed=3))
    assert float(made.abs().mean()) > 0.4, "much of the budget is used"


def test_a_photo_of_nobody_comes_back_as_it_was() -> None:
    grey = np.full((200, 200, 3), 120, np.uint8)
    (done,) = unlearnable.protect_folder([grey], QUICK, lambda _: None)
    assert np.array_equal(done.pixels, grey)
    assert done.faces == 0
    assert "No face" in done.said[0]


def test_progress_rises_to_one(folder: list[Pixels]) -> None:
    told: list[float] = []
    unlearnable.protect_folder(folder[:2], QUICK, told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_one_photo_alone_is_said_to_protect_little(folder: list[Pixels]) -> None:
    assert "whole folder" in unlearnable.protect(folder[0], QUICK, lambda _: None).said[0]


def test_what_is_said_is_what_was_measured() -> None:
    said = " ".join(unlearnable.said(5))
    trained = unlearnable.measured()["trained_on"]
    for name in ("clean", "random noise", "protected", "protected, trainer expects noise"):
        assert f"{trained[name]['share']:.0%}" in said, name
    fails = trained["protected"]["share"] - unlearnable.measured()["chance"] > 0.1
    assert ("did not protect" in said) == fails


@pytest.mark.parametrize("wrong", [{"strength": 0}, {"strength": 99}, {"rounds": 0}, {"rounds": 10**6}])
def test_options_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        unlearnable.Options(**wrong)
