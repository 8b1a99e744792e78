"""Pictures of faces that no answer would help: refused with a reason, and nothing is measured."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from privacy.shapes import Rectangle
from recognition import crops, engine, face_quality
from recognition.refusals import UNUSABLE_IN_WORDS
from tests import factories
from tests.recognition.test_engine import as_jpeg, middle, template_of, unusable

pytestmark = pytest.mark.plugin


def blurred(photo: Image.Image) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(photo.width / 25))


def darkened(photo: Image.Image) -> Image.Image:
    return photo.point(lambda level: level // 40)


def paled(photo: Image.Image) -> Image.Image:
    return photo.point(lambda level: 250 + level // 64)


@pytest.mark.parametrize(
    ("spoil", "reason"), [(blurred, "too_blurred"), (darkened, "too_dark"), (paled, "too_dark")]
)
def test_a_hopeless_picture_of_a_face_is_not_measured(
    spoil: Any, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the face still is, is known here: what is tested is that nobody's numbers are made of such a picture."""
    jpeg = factories.picture(1)
    where = crops.around(jpeg=jpeg, box=middle(jpeg))
    face = engine._only_face(engine.load(), where)
    monkeypatch.setattr(engine, "_only_face", lambda *_: face)
    with Image.open(io.BytesIO(jpeg)) as photo:
        spoiled = as_jpeg(spoil(photo))
    assert unusable(spoiled, middle(jpeg)) == reason


def test_of_a_face_seen_from_the_side_nothing_is_measured() -> None:
    straight = [(90.0, 50.0), (70.0, 50.0), (20.0, 50.0), (40.0, 50.0), (55.0, 80.0)]
    chip = np.random.default_rng(1).integers(0, 256, (150, 150, 3), dtype=np.uint8)
    ahead = face_quality.of(chip=chip, points=straight, side=100)
    aside = face_quality.of(chip=chip, points=[*straight[:4], (100.0, 80.0)], side=100)
    slanted = face_quality.of(chip=chip, points=[(y, -x) for x, y in straight], side=100)
    assert (ahead.turned, slanted.turned) == (0, 0)
    assert aside.turned == pytest.approx(0.9)
    assert [face_quality.refusal(quality) for quality in (ahead, slanted, aside)] == [
        None,
        None,
        "turned_away",
    ]


def test_a_small_face_in_a_large_box_is_too_small() -> None:
    jpeg = factories.picture(1)
    with Image.open(io.BytesIO(jpeg)) as photo:
        tiny = photo.resize((photo.width // 20, photo.height // 20))
    whole = Image.new("RGB", (60, 60), (120, 130, 140))
    whole.paste(tiny, (21, 19))
    assert unusable(as_jpeg(whole), Rectangle(15, 14, 30, 32)) in {"too_small", "no_face"}


def test_the_quality_of_a_good_portrait_comes_with_its_template() -> None:
    quality = template_of(1, 1).quality
    assert quality is not None
    assert 150 < quality.side < 300
    assert face_quality.refusal(quality) is None
    assert quality.sharpness > 2 * face_quality.BLURRED_BELOW


@pytest.mark.parametrize(
    "reason", ["too_small", "too_dark", "too_blurred", "turned_away", "no_face", "several_faces"]
)
def test_every_reason_is_put_into_words(reason: str) -> None:
    assert UNUSABLE_IN_WORDS[reason].startswith(("This face", "We could", "There is"))
