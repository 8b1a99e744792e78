"""From distances to chances: they add up, fall with the size of the gallery, and agree with a sum done by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition import calibration

pytestmark = pytest.mark.plugin
distances = st.lists(st.floats(0, 2), min_size=1, max_size=20).map(sorted)
sizes = st.integers(20, 100_000)


def test_a_sum_done_by_hand() -> None:
    """At the distance where the fitted line crosses zero a photo says nothing: then one officer of one searched has
    an even chance, one of ten a chance of 1 to 11, and two of ten 1 to 12 each."""
    says_nothing = calibration.INTERCEPT / calibration.SLOPE
    assert says_nothing == pytest.approx(0.6167, abs=0.0001)
    assert calibration.chances([says_nothing], 1) == pytest.approx([1 / 2])
    assert calibration.chances([says_nothing], 10) == pytest.approx([1 / 11])
    assert calibration.chances([says_nothing] * 2, 10) == pytest.approx([1 / 12] * 2)


def test_another_sum_done_by_hand() -> None:
    """One officer at 0.45 among 100: odds e^(32.68 - 52.99 * 0.45) = e^8.8345 = 6867, a hundredth of it is 68.67."""
    assert calibration.chances([0.45], 100) == pytest.approx([68.67 / 69.67], abs=0.0001)


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
