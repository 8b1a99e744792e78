"""The one door to face geometry, with the real library and officers who do not exist."""

import copy
import io
import json
import logging
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from oversight import gate
from oversight.embedded.programs import PROJECT
from oversight.gate import DepartmentFacts, Facts, PermitInvalid, Place, Site, Stage
from privacy import dlib_network
from privacy.shapes import Rectangle
from recognition import crops, engine
from tests import factories

pytestmark = pytest.mark.plugin
OFFICERS = range(1, 9)
DAY = date(2026, 1, 1)
LAWFUL = Facts(
    Site(True, "OH", frozenset({"OH"}), frozenset({"OH"}), (), DAY),
    (DepartmentFacts(frozenset({Place("OH")}), True, DAY),),
    photo_prohibited=False,
)
SCENES: list[dict[str, Any]] = json.loads((factories.DEMO / "scenes" / "scenes.json").read_text())["scenes"]


def permit(stage: Stage = Stage.COMPUTE) -> gate.Permit:
    return gate.check(LAWFUL, stage)


def middle(jpeg: bytes) -> Rectangle:
    """Where a demo portrait has its face."""
    with Image.open(io.BytesIO(jpeg)) as image:
        width, height = image.size
    return Rectangle(width // 6, height // 6, width * 2 // 3, height * 2 // 3)


@cache
def template_of(number: int, shot: int) -> engine.Template:
    jpeg = factories.picture(number, shot)
    return engine.measure(jpeg=jpeg, box=middle(jpeg), permit=permit())


def distance(one: engine.Template, other: engine.Template) -> float:
    return float(np.linalg.norm(one.numbers - other.numbers))


def as_jpeg(pixels: Image.Image) -> bytes:
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=95)
    return out.getvalue()


def side_by_side(*numbers: int) -> bytes:
    pictures = [Image.open(io.BytesIO(factories.picture(number))) for number in numbers]
    both = Image.new("RGB", (sum(p.width for p in pictures), max(p.height for p in pictures)))
    left = 0
    for picture in pictures:
        both.paste(picture, (left, 0))
        left += picture.width
    return as_jpeg(both)


# --- what is measured -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shot", [2, 3])
def test_the_nearest_portrait_is_the_same_officers(shot: int) -> None:
    for number in OFFICERS:
        probe = template_of(number, shot)
        distances = {other: distance(probe, template_of(other, 1)) for other in OFFICERS}
        nearest = min(distances, key=lambda other: distances[other])
        assert nearest == number
        assert distances[nearest] < 0.5 < min(d for other, d in distances.items() if other != number)


def test_a_template_is_128_numbers_and_the_same_each_time() -> None:
    jpeg = factories.picture(1)
    again = engine.measure(jpeg=jpeg, box=middle(jpeg), permit=permit())
    assert again.numbers.shape == (128,)
    assert distance(again, template_of(1, 1)) == 0


def test_of_a_crowd_only_the_face_that_was_pointed_at_is_measured() -> None:
    """guard-38, and the law's bystanders: what is outside the cut makes no difference to a single number."""
    checked = 0
    for scene in SCENES[:4]:
        whole = Image.open(factories.DEMO / "scenes" / scene["file"]).convert("RGB")
        for face in [face for face in scene["faces"] if face["officer"]][:2]:
            box = Rectangle(*face["box"])
            before = engine.measured
            found = engine.measure(jpeg=as_jpeg(whole), box=box, permit=permit())
            assert engine.measured == before + 1
            assert distance(found, template_of(int(face["officer"]), 1)) < 0.55
            alone = engine.measure(jpeg=without_surroundings(whole, box), box=box, permit=permit())
            assert distance(found, alone) < 0.02
            checked += 1
    assert checked >= 6


def without_surroundings(whole: Image.Image, box: Rectangle) -> bytes:
    """The same photo, black wherever the engine must not look (up to a block of the JPEG at the edge)."""
    side, up = round(box.width * crops.MARGIN) + 16, round(box.height * crops.MARGIN) + 16
    area = (box.x - side, box.y - up, box.x + box.width + side, box.y + box.height + up)
    black = Image.new("RGB", whole.size)
    black.paste(whole.crop(area), area[:2])
    return as_jpeg(black)


# --- what is not ------------------------------------------------------------------------------------------------


def test_two_faces_in_one_box_are_not_guessed_at() -> None:
    jpeg = side_by_side(1, 2)
    with Image.open(io.BytesIO(jpeg)) as both:
        everything = Rectangle(0, 0, both.width, both.height)
    assert unusable(jpeg, everything) == "several_faces"


def test_each_of_two_faces_can_be_pointed_at() -> None:
    jpeg, one = side_by_side(1, 2), middle(factories.picture(1))
    with Image.open(io.BytesIO(factories.picture(1))) as first:
        other = one._replace(x=one.x + first.width)
    for number, box in [(1, one), (2, other)]:
        found = engine.measure(jpeg=jpeg, box=box, permit=permit())
        assert distance(found, template_of(number, 1)) < 0.3


def test_where_there_is_no_face_nothing_is_measured() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    assert unusable(as_jpeg(Image.fromarray(noise)), Rectangle(50, 50, 150, 150)) == "no_face"
    assert unusable(factories.picture(1), Rectangle(0, 0, 40, 40)) == "no_face"


@pytest.mark.parametrize("box", [Rectangle(100, 100, 23, 90), Rectangle(100, 100, 90, 23)])
def test_a_face_that_is_too_small_is_not_measured(box: Rectangle) -> None:
    assert unusable(factories.picture(1), box) == "too_small"


def unusable(jpeg: bytes, box: Rectangle) -> str:
    """Why the engine does not measure this, after making sure that it did not."""
    before, leave = engine.measured, permit()
    with pytest.raises(engine.FaceUnusable) as why:
        engine.measure(jpeg=jpeg, box=box, permit=leave)
    assert engine.measured == before
    with pytest.raises(PermitInvalid):
        leave.spend()
    return why.value.reason


def test_without_leave_nothing_is_measured() -> None:
    jpeg, used = factories.picture(1), permit()
    engine.measure(jpeg=jpeg, box=middle(jpeg), permit=used)
    before = engine.measured
    others = [permit(stage) for stage in (Stage.ENQUEUE, Stage.RESULT, Stage.SHOW)]
    for no_leave in [used, *others, object.__new__(gate.Permit)]:
        with pytest.raises(PermitInvalid):
            engine.measure(jpeg=jpeg, box=middle(jpeg), permit=no_leave)
    for nothing in (None, True, "permit"):
        with pytest.raises(AttributeError):
            engine.measure(jpeg=jpeg, box=middle(jpeg), permit=nothing)  # type: ignore[arg-type]
    assert engine.measured == before


@pytest.mark.parametrize("stage", [Stage.ENROL, Stage.COMPUTE])
def test_enrolling_needs_leave_as_searching_does(stage: Stage) -> None:
    jpeg = factories.picture(1)
    assert engine.measure(jpeg=jpeg, box=middle(jpeg), permit=permit(stage))
    with pytest.raises(gate.MatchingForbidden):
        gate.check(replace(LAWFUL, photo_prohibited=True), stage)


# --- nothing leaks --------------------------------------------------------------------------------------------


def test_a_template_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """guard-27."""
    template = template_of(1, 1)
    for words in (repr(template), str(template), f"{template}", f"{[template]}", "%s" % (template,)):  # noqa: UP031
        assert not any(digit in words for digit in "0123456789")
    try:
        raise ValueError(template)
    except ValueError:
        logging.getLogger("test").exception("It failed")
    assert str(template.numbers[0])[:6] not in caplog.text


@pytest.mark.parametrize(
    "way", [pickle.dumps, copy.copy, copy.deepcopy, lambda template: pickle.dumps([template])]
)
def test_a_template_does_not_travel(way: Any) -> None:
    with pytest.raises(TypeError):
        way(template_of(1, 1))


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_loading_leaves_pillow_as_strict_as_it_was() -> None:
    """The face library tells Pillow to accept truncated files, everywhere in the process."""
    code = "from PIL import ImageFile; from recognition import engine; {}; print(ImageFile.LOAD_TRUNCATED_IMAGES)"
    assert in_a_fresh_process(code.format("engine.load()")) == "False"
    assert in_a_fresh_process(code.format("import face_recognition.api")) == "True", (
        "then this test is needless"
    )


def test_importing_the_engine_loads_no_model() -> None:
    code = "import sys; from recognition import engine; print('dlib' in sys.modules)"
    assert in_a_fresh_process(code) == "False"


@pytest.mark.parametrize("missing", ["face_recognition_models", "face_recognition.api", "dlib"])
def test_a_library_that_is_missing_is_said_in_plain_words(missing: str) -> None:
    """Left alone, the face library ends the whole process when its models are missing."""
    code = f"""
import sys
sys.modules[{missing!r}] = None
from recognition import engine
try:
    engine.load()
except RuntimeError as error:
    print(error)
"""
    assert in_a_fresh_process(code).startswith("The face library cannot be loaded.")


def test_other_weights_are_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "weights.dat").write_bytes(b"other numbers")
    with pytest.raises(RuntimeError, match=r"weights\.dat is not the file it should be"):
        engine._verified(str(tmp_path / "weights.dat"), dlib_network.WEIGHTS_SHA256)
