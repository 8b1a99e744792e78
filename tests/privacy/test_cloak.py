"""Cloaking one's own face: exact recognisers, a budget kept on the saved file, and nothing else changed."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from privacy import alignment, heads, passed_on, release
from privacy.measures import likeness
from privacy.shapes import Pixels, Rectangle
from privacy.tools import faces, landmarks

torch = pytest.importorskip("torch", reason="cloak needs torch")
pytest.importorskip("face_recognition_models", reason="cloak needs dlib's weights")

from privacy.cloaking import budget, effect, making, surrogates  # noqa: E402 - they need torch
from privacy.tools import cloak  # noqa: E402

OFFICER = Path("officers/demo/officers/003/1.jpg")


@pytest.fixture(scope="module")
def photo() -> Pixels:
    with Image.open(OFFICER) as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.fixture(scope="module")
def points(photo: Pixels) -> alignment.Points:
    return landmarks.points(photo, heads.find_heads(photo)[0], release.given(agreed=True))


@pytest.fixture
def dlib_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other recognisers' weights are not everywhere."""
    monkeypatch.delenv(surrogates.FOLDER, raising=False)


def agreed(**chosen: Any) -> cloak.Options:
    return cloak.Options(release=release.given(agreed=True), **chosen)


def likeness_to_itself(photo: Pixels, made: Pixels, points: alignment.Points) -> float:
    return effect.likeness(surrogates.load("dlib"), (photo, points), (made, points))


def test_dlib_in_torch_is_dlib() -> None:
    dlib = pytest.importorskip("dlib")
    network = dlib.face_recognition_model_v1(
        str(landmarks.model_file("dlib_face_recognition_resnet_model_v1.dat"))
    )
    chips = np.random.default_rng(0).integers(0, 256, (2, 150, 150, 3), dtype=np.uint8)
    with torch.no_grad():
        found = surrogates.load("dlib").answer(torch.from_numpy(chips.transpose(0, 3, 1, 2)).float())
    exact = np.array([network.compute_face_descriptor(chip) for chip in chips])
    assert np.abs(found.numpy() - exact).max() < 1e-5
    assert np.abs(exact[0] - exact[1]).max() > 1e-2


def test_dlib_looks_where_dlib_does(photo: Pixels, points: alignment.Points) -> None:
    dlib = pytest.importorskip("dlib")
    five = [dlib.point(*np.round(points[at]).astype(int).tolist()) for at in (45, 42, 36, 39, 33)]
    face = dlib.full_object_detection(dlib.rectangle(0, 0, 10, 10), dlib.points(five))
    chip = dlib.get_face_chip(photo, face, 150, 0.25)
    whole = budget.picture_of(photo, Rectangle(0, 0, photo.shape[1], photo.shape[0]))
    cut = surrogates.cut(whole, alignment.by_corners(points, 150), 150)[0].permute(1, 2, 0).numpy()
    assert np.abs(cut - chip).mean() < 6


@pytest.mark.parametrize("name", ["faceres", "mobileface", "faceplugin"])
def test_the_others_are_those_that_measure(name: str, photo: Pixels, points: alignment.Points) -> None:
    """In torch and in onnxruntime, through both ways of cutting a face out."""
    if name not in surrogates.available():
        pytest.skip(f"{surrogates.FOLDER} names no folder with {name}.onnx")
    from privacy.measures import encoders

    whole = budget.picture_of(photo, Rectangle(0, 0, photo.shape[1], photo.shape[0]))
    surrogate = surrogates.load(name)
    with torch.no_grad():
        found = surrogate.vector(whole, surrogate.square(points))[0].numpy()
    measured = encoders.load(name).encode(photo, heads.find_heads(photo)[0])
    assert found @ measured / np.linalg.norm(found) > 0.94


@pytest.mark.parametrize("strength", ["low", "high"])
@pytest.mark.usefixtures("dlib_alone")
def test_a_cloak_keeps_its_budget_and_its_place(
    strength: str, photo: Pixels, points: alignment.Points
) -> None:
    made = cloak.protect(photo, agreed(strength=strength)).pixels
    height, width = photo.shape[:2]
    x, y, across, down = making.region(points, width, height)
    plain, saved = (
        passed_on.saved(each, budget.QUALITY)[y : y + down, x : x + across] for each in (photo, made)
    )
    assert 0 < likeness.dssim(plain, saved) <= budget.LARGEST[strength] + 1e-4
    assert np.abs(made.astype(int) - photo).max() <= making.LIMITS[strength] + 1
    outside = np.ones((height, width), np.bool_)
    outside[y : y + down, x : x + across] = False
    assert outside.sum() > 1000
    assert (made[outside] == photo[outside]).all()
    assert (made[~outside] != photo[~outside]).any()


@pytest.mark.usefixtures("dlib_alone")
def test_the_recogniser_it_was_made_against_sees_another_face(
    photo: Pixels, points: alignment.Points
) -> None:
    """Noise of the same budget does nothing to it."""
    made = passed_on.saved(cloak.protect(photo, agreed(strength="high")).pixels, budget.QUALITY)
    noise = np.random.default_rng(0).integers(-6, 7, photo.shape)
    noisy = passed_on.saved((photo.astype(int) + noise).clip(0, 255).astype(np.uint8), budget.QUALITY)
    assert likeness_to_itself(photo, noisy, points) > 0.97
    assert likeness_to_itself(photo, made, points) < 0.9


@pytest.mark.usefixtures("dlib_alone")
def test_the_same_seed_gives_the_same_picture(photo: Pixels) -> None:
    one, two, other = (cloak.protect(photo, agreed(seed=seed)).pixels for seed in (1, 1, 2))
    assert (one == two).all()
    assert (one != other).any()


@pytest.mark.usefixtures("dlib_alone")
def test_time_is_bounded_and_progress_told(photo: Pixels) -> None:
    told: list[float] = []
    cloak.protect(photo, agreed(seconds=0.0), told.append)
    assert told[-1] == 1.0
    assert len(told) == 2, "one step, and the end"


def test_nobody_is_measured_without_a_release(photo: Pixels) -> None:
    with pytest.raises(release.ReleaseMissing):
        cloak.protect(photo, cloak.Options())


@pytest.mark.usefixtures("dlib_alone")
def test_other_people_are_covered_unless_they_are_left() -> None:
    with Image.open("officers/demo/scenes/01.jpg") as picture:
        scene = np.asarray(picture.convert("RGB").reduce(2))
    found = heads.find_heads(scene)
    assert len(found) >= 2
    covered = cloak.protect(scene, agreed(seconds=0.0))
    left = cloak.protect(scene, agreed(seconds=0.0, cover_others=False))
    middle = found[1].y + found[1].height // 2, found[1].x + found[1].width // 2
    assert (covered.pixels[middle] == 0).all()
    assert (left.pixels[middle] == scene[middle]).all()
    assert faces.COVERED_OTHERS in covered.said
    assert cloak.LEFT_OTHERS in left.said


@pytest.mark.parametrize("wrong", [{"strength": "most"}, {"kept_out": "nobody"}])
def test_what_cannot_be_done_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        cloak.Options(**wrong)  # type: ignore[arg-type]


def test_what_is_said_is_the_worst_that_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rate(value: float) -> dict[str, object]:
        return {"rank_1": {"rate": value, "photos": 40, "people": 20}}

    file = tmp_path / "measured.json"
    file.write_text(json.dumps({"strengths": {"high": {"kept_out": {"a": rate(0.1), "b": rate(0.81)}}}}))
    monkeypatch.setattr(effect, "FILE", file)
    effect.measured.cache_clear()
    try:
        assert "8 in 10 photos: do not rely on this" in effect.of_all_photos("high")
        assert "40 photos of 20 people" in effect.of_all_photos("high")
        assert "not measured" in effect.of_all_photos("low")
    finally:
        effect.measured.cache_clear()


def test_the_committed_figures_are_of_recognisers_that_were_kept_out() -> None:
    for strength, figures in effect.measured()["strengths"].items():
        assert strength in budget.LARGEST
        assert set(figures["kept_out"]) <= set(surrogates.NAMES)
        for name in figures["kept_out"]:
            assert name not in figures["attacked"].get(name, {}), "never one that was attacked"
            assert figures["pictures"][name]["largest_dssim"] <= budget.LARGEST[strength]


@pytest.mark.skipif("OVERSIGHT_PHOTOS" not in os.environ, reason="needs the photos for measuring")
@pytest.mark.skipif(len(surrogates.available()) < 2, reason=f"needs the recognisers of {surrogates.FOLDER}")
@pytest.mark.skipif("OVERSIGHT_DEEP" not in os.environ, reason="takes minutes: make deep")
def test_the_evaluation_measures_all_it_promises() -> None:
    from privacy.measures import cloaked

    found = cloaked.evaluate(
        Path(os.environ["OVERSIGHT_PHOTOS"]) / "faces", photos=2, people=3, kept_out=("dlib",)
    )
    assert set(found["kept_out"]) == {"dlib"}  # type: ignore[call-overload]
    assert found["pictures"]["dlib"]["largest_dssim"] <= budget.LARGEST["high"]  # type: ignore[index]
