"""From distances to chances: they add up, fall with the size of the gallery, and agree with a sum done by hand."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from recognition import calibration, checks, engine

pytestmark = pytest.mark.plugin
distances = st.lists(st.floats(0, 2), min_size=1, max_size=20).map(sorted)
sizes = st.integers(20, 100_000)


LINE = calibration.Fit(engine.NAME, "by hand", 32.68, 52.99)
"""A line to reckon with: nothing at 0.6167, e^8.8345 = 6867 to one at 0.45."""


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "fit", lambda: LINE)


@pytest.mark.usefixtures("by_hand")
def test_a_sum_done_by_hand() -> None:
    """At the distance where the fitted line crosses zero a photo says nothing: then one officer of one searched has
    an even chance, one of ten a chance of 1 to 11, and two of ten 1 to 12 each."""
    says_nothing = 32.68 / 52.99
    assert LINE.threshold == 0.62
    assert calibration.chances([says_nothing], 1) == pytest.approx([1 / 2])
    assert calibration.chances([says_nothing], 10) == pytest.approx([1 / 11])
    assert calibration.chances([says_nothing] * 2, 10) == pytest.approx([1 / 12] * 2)


@pytest.mark.usefixtures("by_hand")
def test_another_sum_done_by_hand() -> None:
    """One officer at 0.45 among 100: odds e^(32.68 - 52.99 * 0.45) = e^8.8345 = 6867, a hundredth of it is 68.67."""
    assert calibration.chances([0.45], 100) == pytest.approx([68.67 / 69.67], abs=0.0001)


@pytest.mark.usefixtures("by_hand")
def test_who_expects_fewer_to_be_in_the_gallery_gets_smaller_chances(settings: Any) -> None:
    """One in five: odds of 1 to 4 in place of 1 to 1, so 68.67 becomes 17.17."""
    settings.MATCHING_PRIOR = 0.2
    assert calibration.chances([0.45], 100) == pytest.approx([17.17 / 18.17], abs=0.0001)


def test_the_shipped_fit_is_of_the_engine_in_use() -> None:
    assert calibration.fit().engine == engine.NAME
    assert 0.5 < calibration.fit().threshold < 0.7


def write(file: Path, **changes: object) -> Path:
    whole = {"engine": engine.NAME, "version": "1", "intercept": 30.0, "slope": 50.0}
    file.write_text(json.dumps({k: v for k, v in (whole | changes).items() if v is not None}))
    return file


def test_a_fit_is_read(tmp_path: Path) -> None:
    assert calibration.read(write(tmp_path / "fit.json", more="is ignored")).threshold == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"engine": "another-engine"}, "made for another-engine; the engine is"),
        ({"slope": None}, "is no calibration"),
        ({"slope": "steep"}, "is no calibration"),
        ({"slope": -50.0}, "no line that falls"),
        ({"slope": 0.0}, "no line that falls"),
        ({"intercept": math.inf}, "no line that falls"),
    ],
)
def test_a_fit_that_is_none_or_of_another_engine_is_refused(
    changes: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        calibration.read(write(tmp_path / "fit.json", **changes))


def test_a_file_that_is_not_there_or_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fit.json").write_text("[1")
    for file in (tmp_path / "fit.json", tmp_path / "none.json", write(tmp_path / "list.json")):
        if file.name == "list.json":
            file.write_text("[]")
        with pytest.raises(ImproperlyConfigured, match="is no calibration"):
            calibration.read(file)


def test_the_product_does_not_start_with_a_fit_of_another_engine(settings: Any, tmp_path: Path) -> None:
    assert not checks.the_chances_are_of_the_engine()
    settings.MATCHING_CALIBRATION = write(tmp_path / "fit.json", engine="another-engine")
    calibration.fit.cache_clear()
    try:
        (error,) = checks.the_chances_are_of_the_engine()
        assert error.id == "recognition.E003"
        assert "another-engine" in error.msg
    finally:
        calibration.fit.cache_clear()


@pytest.mark.parametrize(
    ("chances", "shown"),
    [
        ([], []),
        ([0.79], []),
        ([0.5, 0.44], []),
        ([0.8], [0]),
        ([0.93, 0.06], [0]),  # one stands out: the others are not shown
        ([0.6, 0.31, 0.04], [0, 1]),  # look-alikes, and nearly surely one of them
        ([0.79, 0.16], [0, 1]),
        ([0.3, 0.2, 0.15, 0.1, 0.1, 0.1], [0, 1, 2, 3, 4]),
    ],
)
def test_what_is_shown(chances: list[float], shown: list[int]) -> None:
    assert calibration.worth_showing(chances) == shown


@given(distances, sizes)
def test_chances_are_chances_and_the_nearest_has_the_most(far: list[float], size: int) -> None:
    chances = calibration.chances(far, size)
    assert len(chances) == len(far)
    assert all(0 <= chance <= 1 for chance in chances)
    assert math.fsum(chances) <= 1 + 1e-9
    assert chances == sorted(chances, reverse=True)


@given(distances, sizes, st.integers(1, 100_000))
def test_a_larger_gallery_makes_every_chance_smaller(far: list[float], size: int, more: int) -> None:
    """The chance that it is any of them falls; so does the chance of the only one that is near."""
    assert sum(calibration.chances(far, size + more)) <= sum(calibration.chances(far, size)) + 1e-12
    (alone,), (in_more,) = calibration.chances(far[:1], size), calibration.chances(far[:1], size + more)
    assert in_more <= alone


@given(st.floats(0, 2), st.floats(0, 2), sizes)
def test_a_look_alike_takes_from_the_chance(near: float, other: float, size: int) -> None:
    (alone,) = calibration.chances([near], size)
    beside, _ = calibration.chances([near, other], size)
    assert beside <= alone


def test_photos_together() -> None:
    """By hand, with sharpness 10: of e^-3 and e^-5 the mean is 0.028262, and -ln of that over 10 is 0.35662."""
    assert calibration.SHARPNESS == 10
    assert calibration.together([0.3, 0.5]) == pytest.approx(0.35662, abs=0.00001)
    assert calibration.together([0.5, 0.3]) == calibration.together([0.3, 0.5])
    assert calibration.together([0.4]) == pytest.approx(0.4)
    assert calibration.together([0.4] * 5) == pytest.approx(0.4)


@given(distances)
def test_together_lies_between_the_nearest_and_the_mean(far: list[float]) -> None:
    assert min(far) - 1e-9 <= calibration.together(far) <= math.fsum(far) / len(far) + 1e-9


@pytest.mark.parametrize("size", [0, -1])
def test_in_an_empty_gallery_nobody_has_a_chance(size: int) -> None:
    assert calibration.chances([], size) == []
    assert calibration.chances([0.1], size) == []


@pytest.mark.parametrize(
    ("chance", "words", "percent"),
    [
        (1.0, "Strong match", 99),
        (0.999, "Strong match", 99),
        (0.9, "Strong match", 90),
        (0.8999, "Possible match", 89),
        (0.5, "Possible match", 50),
        (0.4999, "Look-alike", 49),
        (0.0, "Look-alike", 0),
    ],
)
def test_in_words(chance: float, words: str, percent: int) -> None:
    assert (calibration.in_words(chance), calibration.as_percent(chance)) == (words, percent)
