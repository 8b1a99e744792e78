"""The shipped model: really run, on scenes whose people do not exist.

How good it is on real photos is measured elsewhere (docs/models.md, test_real_photos.py): drawn scenes
cannot show that.
"""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from privacy import networks, people
from recognition.presence import backend
from recognition.presence.base import Box, Decision, PhotoUnsuitable, Presence, PresenceUnavailable
from recognition.presence.chests import find_chests
from recognition.presence.crops import Plan
from recognition.presence.local import Local
from recognition.presence.manifest import WEIGHTS, read_manifest

SCENES = Path(__file__).parents[3] / "officers" / "demo" / "scenes"


@pytest.fixture(scope="module")
def model() -> Local:
    made = backend("local")
    assert isinstance(made, Local)
    made.load()
    return made


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The shipped manifest and weights, copied so that a test may spoil them."""
    manifest = tmp_path / "police.json"
    shutil.copyfile(WEIGHTS / "police.json", manifest)
    weights = read_manifest(WEIGHTS / "police.json").weights
    shutil.copyfile(weights, tmp_path / weights.name)
    return manifest


def scene(name: str) -> tuple[bytes, list[Box]]:
    known = json.loads((SCENES / "scenes.json").read_text(encoding="utf-8"))["scenes"]
    faces = next(each for each in known if each["file"] == name)["faces"]
    return (SCENES / name).read_bytes(), [Box(*face["box"]) for face in faces]


def jpeg(pixels: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(written, "JPEG")
    return written.getvalue()


def plain(width: int = 320, height: int = 240) -> bytes:
    return jpeg(np.full((height, width, 3), 128))


def test_the_answer_is_bounded_complete_and_the_same_each_time(model: Local) -> None:
    photo, heads = scene("01.jpg")
    first, second = model.classify(photo, heads), model.classify(photo, heads)
    assert isinstance(first, Presence)
    assert first == second
    assert 0 <= first.score <= 1
    assert all(0 <= label.score <= 1 for label in first.labels)
    assert first.labels[0].name == "police"
    assert first.backend == "local"
    assert first.model_version == read_manifest(WEIGHTS / "police.json").version


def test_boxes_are_parts_of_the_photo_and_only_with_a_likely_score(model: Local) -> None:
    for name in ("02.jpg", "12.jpg"):
        photo, heads = scene(name)
        width, height = Image.open(io.BytesIO(photo)).size
        found = model.classify(photo, heads)
        likely = read_manifest(WEIGHTS / "police.json").likely
        assert bool(found.boxes) <= (found.score >= likely)
        for x, y, w, h in found.boxes:
            assert 0 <= x < x + w <= width
            assert 0 <= y < y + h <= height


def test_a_drawn_officer_scores_above_an_empty_wall(model: Local) -> None:
    photo, heads = scene("12.jpg")
    assert model.classify(photo, heads).score > 2 * model.classify(plain(), []).score


def test_an_empty_wall_shows_no_police(model: Local) -> None:
    found = model.classify(plain(), [])
    assert found.decision is Decision.NONE_FOUND
    assert [label.name for label in found.labels] == ["police"]


def test_looking_at_heads_never_lowers_the_score(model: Local) -> None:
    photo, heads = scene("03.jpg")
    assert model.classify(photo, heads).score >= model.classify(photo, []).score


def test_looking_at_chests_adds_looks_and_takes_none_away() -> None:
    """Nobody's head is told: whom only the body shows is judged too."""
    with_chests, without = Local(), Local(plan=Plan(most_chests=0))
    gains = []
    for name in ("01.jpg", "02.jpg", "03.jpg", "12.jpg"):
        photo, _ = scene(name)
        gains.append(with_chests.classify(photo, []).score - without.classify(photo, []).score)
    assert min(gains) >= 0
    assert max(gains) > 0


def test_the_chests_of_a_scene_are_found_in_its_own_pixels() -> None:
    photo, heads = scene("01.jpg")
    opened = Image.open(io.BytesIO(photo)).convert("RGB")
    chests = [(c.x + c.width / 2, c.y + c.height / 2) for c in find_chests(opened)]
    seen = [
        any(
            head.x - head.width < x < head.x + 2 * head.width
            and head.y + head.height / 2 < y < head.y + 5 * head.height
            for x, y in chests
        )
        for head in heads
    ]
    assert sum(seen) >= 0.7 * len(heads)


def test_without_the_people_finder_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(people, "_network", networks.Network(people._weights))
    monkeypatch.setattr(people, "WEIGHTS", tmp_path / "none.onnx")
    with pytest.raises(PresenceUnavailable, match="people finder"):
        Local().load()
    with pytest.raises(PresenceUnavailable, match="people finder"):
        Local().classify(plain(), [])


def test_weights_from_before_the_background_are_judged_without(copied: Path) -> None:
    facts = json.loads(copied.read_text())
    del facts["score"]["usual_background"]
    copied.write_text(json.dumps(facts))
    assert read_manifest(copied).scoring.usual_background is None
    photo, heads = scene("01.jpg")
    assert Local(manifest=copied).classify(photo, heads).score != Local().classify(photo, heads).score


def test_thresholds_decide(copied: Path) -> None:
    facts = json.loads(copied.read_text())
    photo, heads = scene("12.jpg")
    decisions = []
    for likely, review in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)):
        copied.write_text(
            json.dumps(facts | {"thresholds": {"likely": likely, "review": review, "military": 1.0}})
        )
        decisions.append(Local(manifest=copied).classify(photo, heads).decision)
    assert decisions == [Decision.LIKELY, Decision.REVIEW, Decision.NONE_FOUND]


def test_a_military_look_asks_a_person_and_is_labelled(copied: Path) -> None:
    facts = json.loads(copied.read_text())
    copied.write_text(json.dumps(facts | {"thresholds": {"likely": 1.0, "review": 1.0, "military": 0.0}}))
    found = Local(manifest=copied).classify(plain(), [])
    assert found.decision is Decision.REVIEW
    assert [label.name for label in found.labels] == ["police", "military"]


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"", "unreadable"),
        (b"not a photo", "unreadable"),
        (plain()[:200], "unreadable"),
        (plain()[: len(plain()) // 2], "unreadable"),
        (plain(8, 200), "too_small"),
    ],
)
def test_photos_that_cannot_be_judged_say_why(model: Local, photo: bytes, code: str) -> None:
    with pytest.raises(PhotoUnsuitable) as unsuitable:
        model.classify(photo, [])
    assert unsuitable.value.code == code


def test_a_photo_too_large_is_refused_before_it_is_decoded(model: Local) -> None:
    photo = bytearray(plain())
    frame = photo.index(b"\xff\xc0")  # the frame header: height and width follow
    photo[frame + 5 : frame + 9] = (20000).to_bytes(2, "big") * 2
    with pytest.raises(PhotoUnsuitable) as unsuitable:
        model.classify(bytes(photo), [])
    assert unsuitable.value.code == "too_large"


def test_a_grey_photo_is_judged_too(model: Local) -> None:
    assert 0 <= model.classify(jpeg(np.full((100, 100), 128)), []).score <= 1


def test_weights_that_were_changed_are_refused(copied: Path) -> None:
    weights = read_manifest(copied).weights
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(PresenceUnavailable, match="refused"):
        Local(manifest=copied).load()


def test_missing_or_incomplete_files_are_a_plain_answer(copied: Path) -> None:
    facts = json.loads(copied.read_text())
    del facts["thresholds"]
    copied.write_text(json.dumps(facts))
    with pytest.raises(PresenceUnavailable, match="not a complete manifest"):
        Local(manifest=copied).load()
    with pytest.raises(PresenceUnavailable, match="cannot be read"):
        Local(manifest=copied.with_name("none.json")).load()


def test_the_manifest_names_licence_training_photos_and_figures() -> None:
    manifest = read_manifest(WEIGHTS / "police.json")
    assert "Apache-2.0" in manifest.licence
    assert "IdenProf" in manifest.trained_on
    assert 0 < manifest.review < manifest.likely < 1
    assert set(manifest.metrics["held_out"]) >= {"average_precision", "auc", "intervals"}


def test_running_needs_no_torch() -> None:
    program = (
        "import sys, recognition.presence as p; p.names(); p.backend('local').load();"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=SCENES.parents[2], check=False)
    assert done.returncode == 0
