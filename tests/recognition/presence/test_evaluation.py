"""The figures against cases small enough to work out by hand."""

import numpy as np
import pytest

from recognition.presence.evaluation import area_under_curve, average_precision, judge, recall_at


def scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_perfect_order_is_perfect_in_every_figure() -> None:
    found = judge(scores(0.9, 0.8), scores(0.2, 0.1), resamples=50)
    assert set(found.values.values()) == {1.0}
    assert set(found.intervals.values()) == {(1.0, 1.0)}


def test_area_counts_pairs_and_half_of_ties() -> None:
    # Pairs: 3>2 yes, 3>1 yes, 1>2 no, 1=1 half.
    assert area_under_curve(scores(3, 1), scores(2, 1)) == pytest.approx(2.5 / 4)


def test_average_precision_by_hand() -> None:
    # Order: police (1/1 at recall 1/2), other, police (2/3 at recall 1), other.
    assert average_precision(scores(4, 2), scores(3, 1)) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_average_precision_takes_equal_scores_together() -> None:
    # One threshold for all three: precision 1/3 at recall 1, whatever the order of the files.
    assert average_precision(scores(1), scores(1, 1)) == pytest.approx(1 / 3)


def test_scores_that_know_nothing_give_the_share_of_police() -> None:
    same_police, same_other = np.zeros(20), np.zeros(60)
    assert average_precision(same_police, same_other) == pytest.approx(0.25)
    assert area_under_curve(same_police, same_other) == pytest.approx(0.5)


def test_recall_at_a_precision_by_hand() -> None:
    # Thresholds: 5 -> 1/1, 4 -> 2/2, 3 -> 2/3, 2 -> 3/4 of precision, at recall 1/3, 2/3, 2/3, 1.
    police, other = scores(5, 4, 2), scores(3, 1)
    assert recall_at(0.90)(police, other) == pytest.approx(2 / 3)
    assert recall_at(0.75)(police, other) == pytest.approx(1.0)


def test_recall_is_zero_where_no_threshold_is_precise_enough() -> None:
    assert recall_at(0.90)(scores(1, 1), scores(2)) == 0.0


def test_intervals_hold_the_figure_and_repeat_exactly() -> None:
    draw = np.random.default_rng(7)
    police, other = draw.normal(1, 1, 60), draw.normal(0, 1, 80)
    first, second = judge(police, other), judge(police, other)
    assert first == second
    for name, value in first.values.items():
        low, high = first.intervals[name]
        assert low <= value <= high
        assert high - low > 0.02


def test_one_json_object_with_the_agreed_names() -> None:
    found = judge(scores(3, 1), scores(2, 0), resamples=20).as_json()
    names = {"auc", "average_precision", "recall_at_precision_0.90", "recall_at_precision_0.95"}
    assert set(found) == names | {"intervals"}
    assert set(found["intervals"]) == names  # type: ignore[call-overload]


@pytest.mark.parametrize(("police", "other"), [((), (1.0,)), ((1.0,), ())])
def test_one_kind_alone_has_no_figures(police: tuple[float, ...], other: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="Both kinds"):
        judge(scores(*police), scores(*other))
