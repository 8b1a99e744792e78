"""dlib's network and ours are one network: on made-up pictures, on officers who do not exist, and on real faces."""

import io
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import face_recognition_models
import numpy as np
import pytest
from PIL import Image

from oversight.gate import Stage
from privacy import dlib_network, heads
from privacy.shapes import Rectangle
from recognition import crops, engine, template_network
from tests import factories
from tests.recognition.test_engine import distance, in_a_fresh_process, middle, permit, template_of

pytestmark = pytest.mark.plugin
SAME_NUMBERS = 1e-5
REAL_FACES = 40
WEIGHTS = Path(face_recognition_models.face_recognition_model_location()).read_bytes()
PHOTOS = Path(os.environ["OVERSIGHT_PHOTOS"]) / "faces" if "OVERSIGHT_PHOTOS" in os.environ else None


@pytest.fixture(scope="module")
def dlibs_own() -> template_network.Network:
    from face_recognition.api import face_encoder

    return engine._as_network(face_encoder)


def chip_of(jpeg: bytes, box: Rectangle) -> template_network.Chips:
    models, crop = engine.load(), crops.around(jpeg=jpeg, box=box)
    chip, _ = engine._aligned(models, crop, engine._only_face(models, crop))
    return chip[np.newaxis]


# --- parity -----------------------------------------------------------------------------------------------------


def test_the_network_in_use_is_the_quick_one_and_computes_what_dlib_does(
    dlibs_own: template_network.Network,
) -> None:
    ours = engine.load().network
    assert ours.__module__ == template_network.__name__, "otherwise dlib is compared with itself"
    assert 0 < template_network.furthest_apart(ours, dlibs_own) < SAME_NUMBERS


@pytest.mark.parametrize("number", [1, 7, 23, 42])
def test_faces_of_the_demo_get_the_same_numbers(number: int, dlibs_own: template_network.Network) -> None:
    chip = chip_of(factories.picture(number), middle(factories.picture(number)))
    assert np.linalg.norm(engine.load().network(chip) - dlibs_own(chip)) < SAME_NUMBERS


def test_it_is_no_matter_which_of_the_two_made_a_gallery(
    monkeypatch: pytest.MonkeyPatch, dlibs_own: template_network.Network
) -> None:
    models = engine.load()
    slow = engine.Models(models.dlib, models.detector, models.five_points, dlibs_own)
    quick_one = template_of(1, 1)
    monkeypatch.setattr(engine, "load", lambda: slow)
    jpeg = factories.picture(1)
    slow_one = engine.measure(jpeg=jpeg, box=middle(jpeg), permit=permit(Stage.ENROL))
    assert 0 < distance(quick_one, slow_one) < SAME_NUMBERS


def test_many_faces_at_once_get_the_numbers_of_each_alone() -> None:
    ours, chips = engine.load().network, template_network._made_up_chips()
    alone = np.concatenate([ours(chip[np.newaxis]) for chip in chips])
    assert np.abs(ours(chips) - alone).max() < SAME_NUMBERS


@pytest.mark.skipif(PHOTOS is None, reason="OVERSIGHT_PHOTOS names no folder of real photos")
def test_real_faces_get_the_same_numbers(
    dlibs_own: template_network.Network, record_property: Callable[[str, object], None]
) -> None:
    """Forty of them; all with OVERSIGHT_WHOLE_CORPUS (`make deep`). Every one of them is found, too."""
    assert PHOTOS is not None
    files = sorted(PHOTOS.glob("*/*.jpg"))
    chosen = files if "OVERSIGHT_WHOLE_CORPUS" in os.environ else files[:: len(files) // REAL_FACES]
    furthest = 0.0
    for file in chosen:
        jpeg = file.read_bytes()
        chip = chip_of(jpeg, most_central(jpeg))
        furthest = max(furthest, float(np.linalg.norm(engine.load().network(chip) - dlibs_own(chip))))
    record_property("faces", len(chosen))
    record_property("furthest", furthest)
    assert 0 < furthest <= template_network.MOST_DIFFERENT


def most_central(jpeg: bytes) -> Rectangle:
    """The box of the head that a person would click in a photo of one person."""
    pixels = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
    height, width = pixels.shape[:2]
    head = min(
        heads.find_heads(pixels),
        key=lambda h: (h.x + h.width / 2 - width / 2) ** 2 + (h.y + h.height / 2 - height / 2) ** 2,
    )
    return Rectangle(head.x, head.y, head.width, head.height)


# --- the converted file -----------------------------------------------------------------------------------------


def test_the_conversion_gives_the_same_bytes_everywhere() -> None:
    assert template_network._is_the_measured_one(dlib_network.converted(WEIGHTS))


def test_only_dlibs_own_weights_are_converted() -> None:
    with pytest.raises(ValueError, match="not the weights"):
        dlib_network.converted(WEIGHTS[:-1] + b"!")


def test_it_is_converted_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = template_network._model(WEIGHTS, tmp_path / "models")
    assert [file.name for file in (tmp_path / "models").iterdir()] == ["template_network.onnx"]
    monkeypatch.setattr(dlib_network, "converted", unwanted)
    assert template_network._model(WEIGHTS, tmp_path / "models") == first


def unwanted(*_: Any) -> bytes:
    raise AssertionError("converted a second time")


@pytest.mark.parametrize("damage", [b"", b"not a network", "one bit", "the end"])
def test_a_damaged_file_is_made_anew_and_never_loaded(damage: bytes | str, tmp_path: Path) -> None:
    good = template_network._model(WEIGHTS, tmp_path)
    file = tmp_path / "template_network.onnx"
    spoiled = bytearray(good)
    if damage == "one bit":
        spoiled[len(good) // 2] ^= 1
    file.write_bytes(
        damage if isinstance(damage, bytes) else good[:-1] if damage == "the end" else bytes(spoiled)
    )
    assert template_network._model(WEIGHTS, tmp_path) == good
    assert file.read_bytes() == good


def test_a_folder_that_cannot_be_written_is_no_hindrance(
    tmp_path: Path, dlibs_own: template_network.Network, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").write_text("where the folder should be")
    network = template_network.best(
        dlibs_own=dlibs_own, weights=WEIGHTS, folder=tmp_path / "a file" / "models"
    )
    assert network is not dlibs_own
    assert "is not kept for the next start" in caplog.text


# --- what happens without it --------------------------------------------------------------------------------------


def test_a_network_that_differs_is_not_used(
    tmp_path: Path, dlibs_own: template_network.Network, caplog: pytest.LogCaptureFixture
) -> None:
    def shifted(chips: template_network.Chips) -> template_network.Templates:
        return dlibs_own(chips) + 2e-4  # 128 of them: 2.3e-3 apart

    assert template_network.best(dlibs_own=shifted, weights=WEIGHTS, folder=tmp_path) is shifted
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "differs from dlib's by 0.0023" in record.getMessage()


def test_numbers_that_are_none_are_not_used(tmp_path: Path) -> None:
    def broken(chips: template_network.Chips) -> template_network.Templates:
        return np.full((len(chips), 128), np.nan)

    assert template_network.best(dlibs_own=broken, weights=WEIGHTS, folder=tmp_path) is broken


@pytest.mark.parametrize("missing", ["onnxruntime", "onnx"])
def test_without_the_quick_librarys_parts_dlib_computes(missing: str, tmp_path: Path) -> None:
    code = f"""
import json, sys
sys.modules[{missing!r}] = None
from django.conf import settings
settings.configure(DATA=__import__("pathlib").Path({str(tmp_path)!r}))
from recognition import engine, template_network
network = engine.load().network
print(json.dumps([network.__qualname__, network(template_network._made_up_chips()).shape]))
"""
    name, shape = json.loads(in_a_fresh_process(code))
    assert (name, shape) == ("_as_network.<locals>.templates", [3, 128])


def test_a_forked_job_computes_with_what_its_parent_loaded() -> None:
    """The worker loads once and forks for every job; a pool of threads would not survive that."""
    code = """
import os
import onnxruntime
threads = len(os.listdir("/proc/self/task"))  # the library itself keeps one, which computes nothing
from recognition import engine, template_network
network, chips = engine.load().network, template_network._made_up_chips()
before = network(chips)
assert len(os.listdir("/proc/self/task")) == threads
for _ in range(3):
    child = os.fork()
    if child == 0:
        os._exit(0 if (network(chips) == before).all() else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
print((network(chips) == before).all())
"""
    assert in_a_fresh_process(code) == "True"
