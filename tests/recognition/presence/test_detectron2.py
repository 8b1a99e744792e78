"""The adapter for a site's own detector.

What a real detectron2 would answer is not proved here: none was to be had. With torch at hand (installed,
or in the Python that OVERSIGHT_TORCH_PYTHON names) a tiny scripted detector whose answer can be worked out
(every bright rectangle is an officer) runs through the real process.
"""

import hashlib
import importlib.util
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from recognition.presence import backend
from recognition.presence.base import Box, Decision, PhotoUnsuitable, PresenceUnavailable
from recognition.presence.detectron2 import Detectron2, presence, read_manifest

TORCH_PYTHON = os.environ.get("OVERSIGHT_TORCH_PYTHON") or (
    sys.executable if importlib.util.find_spec("torch") else None
)

DETECTOR = """
import sys, torch

class Bright(torch.nn.Module):
    def forward(self, image: torch.Tensor):
        # Brightness of the manifest's first colour only: proves the order of colours too.
        rows = torch.nonzero(image[0].amax(dim=1) > 200).flatten()
        columns = torch.nonzero(image[0].amax(dim=0) > 200).flatten()
        if rows.numel() == 0:
            return torch.zeros(0), torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), torch.zeros(2)
        box = torch.stack([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]).float()
        return torch.tensor([0.9]), box[None], torch.tensor([1]), torch.zeros(2)

torch.jit.script(Bright()).save(sys.argv[1])
"""


def facts(weights: Path, **changed: Any) -> dict[str, Any]:
    return {
        "form": "torchscript",
        "weights": weights.name,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "version": "tiny-1",
        "classes": ["civilian", "officer"],
        "police": ["officer"],
        "colour": "RGB",
        "longest_side": 200,
        "outputs": ["scores", "boxes", "classes", "size"],
        "likely": 0.8,
        "review": 0.4,
    } | changed


def written(folder: Path, **changed: Any) -> Path:
    weights = folder / "weights.ts"
    if not weights.exists():
        weights.write_bytes(b"not a model")
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(facts(weights, **changed)), encoding="utf-8")
    return manifest


def photo(width: int, height: int, *, colour: tuple[int, int, int], box: Box | None) -> bytes:
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    if box:
        pixels[box.y : box.y + box.height, box.x : box.x + box.width] = colour
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=98, subsampling=0)
    return encoded.getvalue()


@pytest.fixture
def detector(tmp_path: Path) -> Iterator[Detectron2]:
    if TORCH_PYTHON is None:
        pytest.skip("torch is not installed here and OVERSIGHT_TORCH_PYTHON names no Python that has it")
    program = tmp_path / "detector.py"  # a file: TorchScript reads the source again
    program.write_text(DETECTOR, encoding="utf-8")
    subprocess.run([TORCH_PYTHON, "-W", "ignore", program, tmp_path / "weights.ts"], check=True)
    made = backend("detectron2", manifest=written(tmp_path), python=TORCH_PYTHON)
    assert isinstance(made, Detectron2)
    yield made
    made.close()


def test_a_bright_rectangle_is_found_where_it_is(detector: Detectron2) -> None:
    # The photo is made half as large for the detector, so its box must be doubled again.
    found = detector.classify(photo(400, 300, colour=(255, 0, 0), box=Box(100, 60, 80, 120)), [])
    assert found.decision is Decision.LIKELY
    assert found.score == pytest.approx(0.9)
    (box,) = found.boxes
    assert np.abs(np.subtract(box, (100, 60, 80, 120))).max() <= 4
    assert [label.name for label in found.labels] == ["officer"]
    assert (found.backend, found.model_version) == ("detectron2", "tiny-1")


def test_nothing_bright_is_no_finding_and_the_process_serves_on(detector: Detectron2) -> None:
    dark = detector.classify(photo(120, 80, colour=(0, 0, 0), box=None), [])
    assert (dark.decision, dark.score, dark.boxes) == (Decision.NONE_FOUND, 0.0, ())
    bright = detector.classify(photo(120, 80, colour=(255, 0, 0), box=Box(10, 10, 40, 40)), [])
    assert bright.decision is Decision.LIKELY


def test_colours_come_in_the_order_that_the_manifest_names(detector: Detectron2, tmp_path: Path) -> None:
    blue = photo(120, 80, colour=(0, 0, 255), box=Box(10, 10, 40, 40))
    assert detector.classify(blue, []).decision is Decision.NONE_FOUND
    as_bgr = Detectron2(written(tmp_path, colour="BGR"), python=str(TORCH_PYTHON))
    assert as_bgr.classify(blue, []).decision is Decision.LIKELY
    as_bgr.close()


def test_the_library_form_says_what_is_missing(detector: Detectron2, tmp_path: Path) -> None:
    del detector
    asked = Detectron2(written(tmp_path, form="library", config="weights.ts"), python=str(TORCH_PYTHON))
    with pytest.raises(PresenceUnavailable, match="detectron2"):
        asked.classify(photo(50, 50, colour=(0, 0, 0), box=None), [])


def test_weights_that_changed_are_refused(tmp_path: Path) -> None:
    manifest = written(tmp_path)
    (tmp_path / "weights.ts").write_bytes(b"something else")
    with pytest.raises(PresenceUnavailable, match="refused"):
        Detectron2(manifest).load()


def test_an_incomplete_manifest_is_refused_by_name(tmp_path: Path) -> None:
    manifest = written(tmp_path)
    kept = json.loads(manifest.read_text())
    del kept["police"]
    manifest.write_text(json.dumps(kept))
    with pytest.raises(PresenceUnavailable, match="does not say: police"):
        read_manifest(manifest)


def test_weights_that_are_no_model_are_a_plain_failure(tmp_path: Path) -> None:
    # Without torch the process says so; with it, that the file is no model. Neither may hang or crash us.
    asked = Detectron2(written(tmp_path))
    with pytest.raises(PresenceUnavailable, match="The detector failed"):
        asked.classify(photo(50, 50, colour=(0, 0, 0), box=None), [])


def test_a_python_that_is_not_there_is_a_plain_failure(tmp_path: Path) -> None:
    with pytest.raises(PresenceUnavailable, match="does not start"):
        Detectron2(written(tmp_path), python=str(tmp_path / "none")).classify(
            photo(50, 50, colour=(0, 0, 0), box=None), []
        )


def test_a_program_that_never_answers_is_given_up(tmp_path: Path) -> None:
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nsleep 30\n")
    sleeper.chmod(0o700)
    asked = Detectron2(written(tmp_path), python=str(sleeper), patience=0.3)
    with pytest.raises(PresenceUnavailable, match="no answer") as later:
        asked.classify(photo(50, 50, colour=(0, 0, 0), box=None), [])
    assert later.value.retry_after == pytest.approx(0.3)


def test_broken_photos_never_reach_the_process(tmp_path: Path) -> None:
    with pytest.raises(PhotoUnsuitable):
        Detectron2(written(tmp_path), python=str(tmp_path / "none")).classify(b"broken", [])


def test_only_officers_count_and_each_class_is_a_label(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path))
    found = presence(
        {
            "boxes": [[0, 0, 10, 20], [5, 5, 15, 25], [1, 1, 2, 2]],
            "classes": [0, 1, 1],
            "scores": [0.99, 0.6, 0.2],
        },
        manifest,
        2.0,
        3.0,
    )
    assert found.decision is Decision.REVIEW
    assert found.score == pytest.approx(0.6)
    assert found.boxes == (Box(10, 15, 20, 60),)
    assert {label.name: label.score for label in found.labels} == {"civilian": 0.99, "officer": 0.6}


def test_an_answer_that_makes_no_sense_is_a_failure_of_the_detector(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path))
    with pytest.raises(PresenceUnavailable, match="makes no sense"):
        presence({"boxes": [[0, 0, 1, 1]], "classes": [7], "scores": [0.9]}, manifest, 1.0, 1.0)
