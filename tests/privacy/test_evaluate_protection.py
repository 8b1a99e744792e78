"""`manage.py evaluate_protection`: one command for every tool, and errors that say what is missing."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image

from privacy import measures
from privacy.management.commands import evaluate_protection
from privacy.tools import NAMES

DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo"


def scene() -> Path:
    return next(path for path in sorted(DEMO.rglob("*.jpg")) if "scene" in str(path))


def test_every_tool_has_its_measure() -> None:
    assert set(measures.MODULES) == {*NAMES, "marks"}


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not a folder"):
        call_command("evaluate_protection", tool="mask", images=tmp_path / "nowhere")


def test_less_than_one_photo(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="at least one"):
        call_command("evaluate_protection", tool="mask", images=tmp_path, photos=0)


def test_a_mask_needs_marked_faces(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"annotations\.jsonl is missing"):
        call_command("evaluate_protection", tool="mask", images=tmp_path)


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*sys.modules]:
        if name.startswith(("torch", "privacy.measures.evaded", "privacy.tools.evade", "privacy.evading")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(CommandError, match="torch"):
        call_command("evaluate_protection", tool="evade", images=tmp_path)


def test_masks_are_measured_like_everywhere_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(scene(), tmp_path / "scene.jpg")
    with Image.open(scene()) as photo:
        whole = [0, 0, *photo.size]
    (tmp_path / "annotations.jsonl").write_text(json.dumps({"image": "scene.jpg", "boxes": [whole]}))
    call_command("evaluate_protection", tool="mask", images=tmp_path, json=True)
    figures = json.loads(capsys.readouterr().out)
    assert figures["photos"] == figures["faces"] == 1
    assert figures["coverage"][">80"] == 0, "the whole picture is no head, and is not painted"


def test_the_same_seed_takes_the_same_photos(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.jpg").touch()
    assert (
        measures.sample(tmp_path, 5, 1) == measures.sample(tmp_path, 5, 1) != measures.sample(tmp_path, 5, 2)
    )
    assert len(measures.sample(tmp_path, 99, 1)) == 30


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(measures.MeasureMissing, match="no photo"):
        measures.sample(tmp_path, 1, 0)


def test_an_option_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="NAME=VALUE"):
        call_command("evaluate_protection", tool="mask", images=tmp_path, option=["strong"])
    with pytest.raises(CommandError, match="colour"):
        call_command("evaluate_protection", tool="mask", images=tmp_path, option=["colour=red"])


def test_options_reach_the_measure_as_it_takes_them() -> None:
    def evaluate(
        images: Path, *, photos: int, people: int, strength: str, kept_out: Sequence[str]
    ) -> None: ...

    words = {"people": "14", "strength": "high", "kept_out": "dlib,faceplugin"}
    assert evaluate_protection.typed(evaluate, words) == {
        "people": 14,
        "strength": "high",
        "kept_out": ["dlib", "faceplugin"],
    }
    with pytest.raises(CommandError, match="many"):
        evaluate_protection.typed(evaluate, {"people": "many"})
    with pytest.raises(CommandError, match="It has: kept_out, people, strength"):
        evaluate_protection.typed(evaluate, {"images": "elsewhere"})
