"""New weights replace the present ones only if better, and never leave a manifest without its weights.

The training itself needs torch and is not run here; what it decides is.
"""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from recognition.management.commands.train_presence import adopt
from recognition.presence.manifest import WEIGHTS, read_manifest
from recognition.presence.training.run import Trained


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
