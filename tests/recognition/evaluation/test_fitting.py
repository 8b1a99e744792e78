"""The fit finds a line that is known, and says when there is none."""

import math

import numpy as np
import pytest

from recognition.evaluation import fitting


def drawn(seed: int = 1, number: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Normal distances of one spread: then the true evidence is a line. Means .4 and .8, spread .1:
    (.8 - .4) / .01 = 40 a unit, nothing at .6."""
    draw = np.random.default_rng(seed)
    same = np.arange(number) < number // 4  # the kinds are not equally frequent, and must not need to be
    return np.where(same, draw.normal(0.4, 0.1, number), draw.normal(0.8, 0.1, number)), same


def test_a_line_that_is_known_is_found() -> None:
    line = fitting.fit(*drawn())
    assert line.slope == pytest.approx(40, rel=0.05)
    assert line.intercept / line.slope == pytest.approx(0.6, abs=0.005)


def test_faces_not_found_are_left_out() -> None:
    far, same = drawn()
    more = np.append(far, [np.inf] * 50), np.append(same, [True] * 50)
    assert fitting.fit(*more) == fitting.fit(far, same)


def test_kinds_that_do_not_overlap_give_a_line_all_the_same() -> None:
    far = np.concatenate([np.linspace(0.1, 0.4, 200), np.linspace(0.7, 1.0, 200)])
    line = fitting.fit(far, np.arange(400) < 200)
    assert line.intercept / line.slope == pytest.approx(0.55, abs=0.01)
    assert math.isfinite(line.slope)
    assert line.slope > 20


@pytest.mark.parametrize(
    ("far", "same", "words"),
    [
        (np.full(150, 0.5), np.arange(150) < 99, "100 pairs of each kind"),
        (np.full(300, np.inf), np.arange(300) < 150, "100 pairs of each kind"),
        (np.linspace(0, 1, 300), np.arange(300) >= 150, "not nearer"),
    ],
)
def test_what_carries_no_fit_is_refused(far: np.ndarray, same: np.ndarray, words: str) -> None:
    with pytest.raises(fitting.CannotFit, match=words):
        fitting.fit(far, same)


def test_the_loss_of_knowing_nothing_and_of_knowing() -> None:
    far, same = np.array([0.5, 0.7]), np.array([True, False])
    nothing = fitting.Line(0.0, 0.0)
    assert fitting.log_loss(nothing, far, same) == pytest.approx(math.log(2))
    sure = fitting.Line(60.0, 100.0)  # ten for the one, ten against the other
    assert fitting.log_loss(sure, far, same) == pytest.approx(math.log1p(math.exp(-10)))
