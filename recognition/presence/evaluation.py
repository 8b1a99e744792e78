"""How well do scores separate photos with police from photos without?

This file decides the figures by which a presence backend is judged and adopted, and how uncertain each is.
Every figure comes with a 95 % interval: a few dozen photos cannot tell a good model from a better one.

Definitions: area under the ROC curve as the Mann-Whitney statistic (ties count half); average precision as
the step-wise sum of precision over recall, equal scores taken together; recall at a precision as the
greatest recall of any threshold that reaches that precision (0 where none does). Intervals are percentile
bootstrap intervals, resampled within each class (Efron and Tibshirani, 1993).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Figure = Callable[[Scores, Scores], float]

RESAMPLES = 1000
SEED = 20261121


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one run and, under the same names, their 95 % intervals (low, high)."""

    values: dict[str, float]
    intervals: dict[str, tuple[float, float]]

    def as_json(self) -> dict[str, object]:
        """Plain values for one JSON object, rounded to four places: more would feign precision."""
        spans = {name: [round(low, 4), round(high, 4)] for name, (low, high) in self.intervals.items()}
        return {name: round(value, 4) for name, value in self.values.items()} | {"intervals": spans}


def area_under_curve(police: Scores, other: Scores) -> float:
    """The chance that a police photo scores above another photo. `police` and `other` have shape (N,)."""
    both = np.concatenate([police, other])
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    middle_ranks = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = float(middle_ranks[inverse][: len(police)].sum())
    n = len(police)
    return (rank_sum - n * (n + 1) / 2) / (n * len(other))


def average_precision(police: Scores, other: Scores) -> float:
    """Precision averaged over recall; about the share of police photos when the scores know nothing."""
    precision, recall = _precision_and_recall(police, other)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def recall_at(least_precision: float) -> Figure:
    """The figure "share of police photos found by the best threshold with at least this precision"."""

    def recall_at_precision(police: Scores, other: Scores) -> float:
        precision, recall = _precision_and_recall(police, other)
        reached = recall[precision >= least_precision]
        return float(reached.max()) if len(reached) else 0.0

    return recall_at_precision


FIGURES: dict[str, Figure] = {
    "auc": area_under_curve,
    "average_precision": average_precision,
    "recall_at_precision_0.90": recall_at(0.90),
    "recall_at_precision_0.95": recall_at(0.95),
}


def judge(police: Scores, other: Scores, *, resamples: int = RESAMPLES, seed: int = SEED) -> Figures:
    """All figures with their intervals. Scores have shape (N,); higher means police.

    Raises ValueError when either class is empty: no figure exists then.
    """
    if not len(police) or not len(other):
        raise ValueError("Both kinds of photo are needed: some with police and some without.")
    draw = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in FIGURES}
    for _ in range(resamples):
        some_police, some_other = draw.choice(police, len(police)), draw.choice(other, len(other))
        for name, figure in FIGURES.items():
            drawn[name].append(figure(some_police, some_other))
    values = {name: figure(police, other) for name, figure in FIGURES.items()}
    return Figures(values, {name: _middle_95_percent(results) for name, results in drawn.items()})


def _precision_and_recall(police: Scores, other: Scores) -> tuple[Scores, Scores]:
    """At each distinct score, highest first: precision and recall of "this score or more is police"."""
    thresholds = np.unique(np.concatenate([police, other]))[::-1]
    found = len(police) - np.searchsorted(np.sort(police), thresholds, side="left")
    false = len(other) - np.searchsorted(np.sort(other), thresholds, side="left")
    return found / (found + false), found / len(police)


def _middle_95_percent(results: list[float]) -> tuple[float, float]:
    low, high = np.percentile(results, [2.5, 97.5])
    return float(low), float(high)
