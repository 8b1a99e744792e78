"""The shipped model on street photos that it was not trained on, labelled by eye.

The photos may not be part of the project: OVERSIGHT_PHOTOS names a folder that has them in `crowd/`. The
labels are in crowd_labels.json: police, military, other, or unclear (left out). A sample keeps this quick;
the whole table is in docs/models.md.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from recognition.presence import backend
from recognition.presence.base import Box
from recognition.presence.evaluation import average_precision
from recognition.presence.measuring import judge_one

LABELS: dict[str, str] = json.loads(Path(__file__).with_name("crowd_labels.json").read_text(encoding="utf-8"))
SAMPLE = 24


def labelled(kind: str) -> list[str]:
    """Every so many of the photos of a kind, so that all four events are in the sample."""
    names = [name for name, label in LABELS.items() if label == kind]
    return names[:: max(1, len(names) // SAMPLE)][:SAMPLE]


def heads(pixels: NDArray[np.uint8]) -> Sequence[Box]:
    found = pytest.importorskip("privacy.heads").find_heads(pixels)
    return [Box(head.x, head.y, head.width, head.height) for head in found]


def test_there_are_enough_labels_and_only_known_ones() -> None:
    assert set(LABELS.values()) == {"police", "military", "other", "unclear"}
    assert len(LABELS) >= 100


def test_street_photos_with_police_come_first() -> None:
    folder = os.environ.get("OVERSIGHT_PHOTOS")
    if not folder or not (Path(folder) / "crowd").is_dir():
        pytest.skip("OVERSIGHT_PHOTOS names no folder with the street photos in crowd/")
    model = backend("local")
    scores = {
        kind: np.array(
            [judge_one(model, Path(folder) / "crowd" / name, heads)[0].score for name in labelled(kind)]
        )
        for kind in ("police", "other")
    }
    assert average_precision(scores["police"], scores["other"]) >= 0.95
