"""Every figure against a sum done by hand."""

import math

import numpy as np
import pytest

from recognition.evaluation import figures

SAME = np.array([True] * 4 + [False] * 4)
FAR = np.array([0.1, 0.2, 0.3, 0.7, 0.4, 0.8, 0.9, 1.0])
NO_FACE = np.inf


def test_accuracy() -> None:
    assert figures.accuracy(FAR, SAME, 0.5) == 6 / 8  # one of each kind is on the wrong side
    assert figures.accuracy(FAR, SAME, 0.35) == 7 / 8
    assert figures.accuracy(FAR, SAME, 0.4) == 7 / 8  # at the threshold is not below it


def test_a_photo_without_a_face_is_called_different() -> None:
    """Wrong for two photos of one person, right for two people."""
    far = np.array([NO_FACE, 0.1, NO_FACE, 0.9])
    same = np.array([True, True, False, False])
    assert figures.accuracy(far, same, 0.5) == 3 / 4
    assert figures.tar_at_far(far, same, 0.5) == 1 / 2


def test_the_best_threshold_is_the_middle_of_the_best_ones() -> None:
    assert figures.best_threshold(FAR, SAME) == pytest.approx(0.75)  # 7 right, as at 0.35: the upper of two
    apart = np.array([0.1, 0.2, 0.8, 0.9])
    assert figures.best_threshold(apart, np.array([True, True, False, False])) == pytest.approx(0.5)


def test_a_folds_threshold_comes_from_the_other_folds() -> None:
    """Fold 1 alone would be perfect at 0.85; the other fold's best is 0.5, and there one of its four is wrong."""
    far = np.array([0.4, 0.3, 0.6, 0.9, 0.8, 0.2, 0.9, 0.95])
    same = np.array([True, True, False, False] * 2)
    folds = np.array([0] * 4 + [1] * 4)
    (first, of_second), (second, of_first) = figures.over_folds(far, same, folds)
    assert (first, second) == (3 / 4, 3 / 4)
    assert [of_second, of_first] == pytest.approx([0.85, 0.5])


@pytest.mark.parametrize(
    ("far", "tar"),
    [
        (0.0, 3 / 4),  # nearer than the nearest of two people, at 0.4
        (0.1, 3 / 4),
        (0.25, 1.0),  # one of four may be wrong: nearer than the second, at 0.8
        (1.0, 1.0),
    ],
)
def test_true_accept_rate_at_a_false_accept_rate(far: float, tar: float) -> None:
    assert figures.tar_at_far(FAR, SAME, far) == tar


def test_an_equal_distance_is_a_false_accept() -> None:
    assert figures.tar_at_far(np.array([0.3, 0.5, 0.5]), np.array([True, True, False]), 0.0) == 1 / 2


def test_ten_of_a_thousand_are_one_in_a_hundred() -> None:
    """The floor of a product must not lose one to rounding."""
    different = np.arange(1000) / 1000
    far, same = np.append(different, 0.0095), np.append(np.zeros(1000, bool), True)
    assert figures.tar_at_far(far, same, 0.01) == 1.0
    assert figures.tar_at_far(far, same, 0.009) == 0.0


def test_there_is_no_rate_without_both_kinds() -> None:
    assert math.isnan(figures.tar_at_far(FAR[:4], SAME[:4], 0.01))
    assert math.isnan(figures.tar_at_far(FAR[4:], SAME[4:], 0.01))


def test_an_interval_holds_its_figure_and_is_the_same_each_time() -> None:
    draw = np.random.default_rng(1)
    same = np.arange(400) < 200
    far = np.where(same, draw.normal(0.4, 0.1, 400), draw.normal(0.7, 0.1, 400))

    def right(d: figures.Distances, s: figures.Flags) -> float:
        return figures.accuracy(d, s, 0.55)

    low, high = figures.interval(far, same, right)
    assert low < right(far, same) < high
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(0.933 * 0.067 / 400), rel=0.25)
    assert (low, high) == figures.interval(far, same, right)


def test_a_calibration_curve() -> None:
    """Two answers said 5 % and neither was so; of four that said 90 % three were: a gap of 0.05 and one of 0.15."""
    chances = np.array([0.05, 0.05, 0.9, 0.9, 0.9, 0.9])
    right = np.array([False, False, True, True, True, False])
    curve = figures.calibration_curve(chances, right, np.ones(6))
    assert [b.share for b in curve] == pytest.approx([1 / 3, 2 / 3])
    assert [b.chance for b in curve] == pytest.approx([0.05, 0.9])
    assert [b.right for b in curve] == [0.0, 0.75]
    assert figures.calibration_error(curve) == pytest.approx(0.05 / 3 + 0.15 * 2 / 3)


def test_weights_move_the_curve() -> None:
    curve = figures.calibration_curve(np.array([1.0, 1.0]), np.array([True, False]), np.array([3.0, 1.0]))
    assert [(b.share, b.chance, b.right) for b in curve] == [(1.0, 1.0, 0.75)]
