"""Who was pointed at, what is looked at, and from which score on a look is sure."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from privacy.shapes import Rectangle
from recognition.presence import person, surety
from recognition.presence.base import NEVER_SURE, Decision, Label, PhotoUnsuitable, Presence
from recognition.presence.crops import Plan, has_tiles
from recognition.presence.local import Local
from recognition.presence.manifest import WEIGHTS, read_manifest


class Looks:
    """A backend that answers each look in turn."""

    name = "looks"
    sure_from = 0.8

    def __init__(self, *scores: float, label: str = "police") -> None:
        self.scores, self.label, self.sizes = list(scores), label, list[tuple[int, int]]()

    def load(self) -> None:
        """Nothing to load."""

    def classify(self, jpeg: bytes, heads: Sequence[Rectangle]) -> Presence:
        self.sizes.append(Image.open(io.BytesIO(jpeg)).size)
        assert not heads
        score = self.scores.pop(0)
        return Presence(score, Decision.LIKELY, (Label(self.label, 1.0),), (), self.name, "1")


def jpeg(width: int = 1200, height: int = 900) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), (90, 90, 90)).save(written, "JPEG")
    return written.getvalue()


HEAD = Rectangle(500, 200, 100, 120)


@pytest.mark.parametrize(
    ("scores", "label", "sure"),
    [
        ((0.8, 0.9), "police", True),
        ((0.9, 0.79), "police", False),
        ((0.79, 0.9), "police", False),
        ((1.0, 1.0), "military", False),
    ],
)
def test_both_looks_must_be_sure_and_none_military(
    scores: tuple[float, float], label: str, sure: bool
) -> None:
    backend = Looks(*scores, label=label)
    look = person.look_at(backend, jpeg(), HEAD)
    assert (look.is_sure, look.score) == (sure, min(scores))
    assert all(max(size) <= person.LONGEST_SIDE for size in backend.sizes)


def test_the_local_model_takes_such_a_look_as_one_picture() -> None:
    """Without tiles it has no background and looks for no other chests: the look is worth what it was measured at."""
    assert not has_tiles(person.LONGEST_SIDE, person.LONGEST_SIDE, Plan())


def test_a_person_outside_the_photo_cannot_be_judged() -> None:
    with pytest.raises(PhotoUnsuitable):
        person.look_at(Looks(1.0, 1.0), jpeg(100, 100), Rectangle(5000, 5000, 50, 50))


def test_the_found_head_counts_rather_than_the_box_drawn_over_it() -> None:
    beside = Rectangle(900, 200, 100, 120)
    assert person.head_of(Rectangle(490, 190, 300, 400), [beside, HEAD]) == HEAD
    assert person.head_of(Rectangle(530, 230, 40, 40), [beside, HEAD]) == HEAD
    assert person.head_of(Rectangle(0, 0, 50, 50), [beside, HEAD]) == Rectangle(0, 0, 50, 50)
    assert person.head_of(HEAD, []) == HEAD


def test_the_threshold_lies_beyond_the_highest_civilian() -> None:
    people = surety.People({"police": [0.2, 0.95], "other": [0.1, 0.5]}, "1")
    found = surety.figures(people)
    assert found["highest_other"] == 0.5
    assert found["score_no_other_reaches"] == pytest.approx(1 / (1 + np.exp(-surety.MARGIN)), abs=1e-3)
    assert (found["others_that_reach_it"], found["police_that_reach_it"]) == (0, 0.5)
    assert found["police_above_the_highest_other"] == 0.5
    with pytest.raises(ValueError, match="Both kinds"):
        surety.figures(surety.People({"police": [], "other": [0.1]}, "1"))
    assert surety.beyond(1.0) <= 1
    assert surety.beyond(0.0) > 0


def test_the_score_is_written_beside_the_weights_and_read_from_there(tmp_path: Path) -> None:
    for file in WEIGHTS.iterdir():
        (tmp_path / file.name).symlink_to(file)
    manifest = tmp_path / "police.json"
    content = json.loads(manifest.read_text())
    manifest.unlink()
    content["thresholds"].pop("sure", None)
    manifest.write_text(json.dumps(content))
    assert Local(manifest).sure_from == NEVER_SURE
    surety.write_sure(manifest, 0.7)
    assert Local(manifest).sure_from == 0.7
    assert read_manifest(manifest).likely == content["thresholds"]["likely"]
