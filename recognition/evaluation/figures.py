"""The figures of one-to-one comparison (ISO/IEC 19795-1), from distances of pairs whose answer is known.

A smaller distance means more alike. A photo without a face that can be measured has distance infinity to every other:
"different" is then the answer, right or wrong. Intervals are 95 % percentile bootstrap intervals over pairs, resampled
within each kind; people who are in several pairs make them a little too narrow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.float64]
Flags = NDArray[np.bool_]

RESAMPLES: Final = 1000
SEED: Final = 20261122


def accuracy(distances: Distances, same: Flags, threshold: float) -> float:
    """The share of pairs answered rightly when less than `threshold` means the same person. Arrays of shape (N,)."""
    return float(np.mean((distances < threshold) == same))


def best_threshold(distances: Distances, same: Flags) -> float:
    """The threshold with the most right answers; of several, the middle one. Needs one finite distance at least."""
    finite = np.unique(distances[np.isfinite(distances)])
    limits = np.concatenate([finite[:1] - 0.01, (finite[:-1] + finite[1:]) / 2, finite[-1:] + 0.01])
    same_below = np.searchsorted(np.sort(distances[same]), limits)
    different_below = np.searchsorted(np.sort(distances[~same]), limits)
    right = same_below - different_below
    best = limits[right == right.max()]
    return float(best[len(best) // 2])


def over_folds(distances: Distances, same: Flags, folds: NDArray[np.int64]) -> list[tuple[float, float]]:
    """For each fold its accuracy, at the threshold that was best on all others, and that threshold."""
    results = []
    for fold in np.unique(folds):
        here = folds == fold
        threshold = best_threshold(distances[~here], same[~here])
        results.append((accuracy(distances[here], same[here], threshold), threshold))
    return results


def tar_at_far(distances: Distances, same: Flags, far: float) -> float:
    """The true accept rate at the largest threshold whose false accept rate is at most `far`.

    Without a pair of either kind there is no such rate: NaN.
    """
    different, alike = np.sort(distances[~same]), distances[same]
    if not len(different) or not len(alike):
        return float("nan")
    allowed = int(np.floor(far * len(different) + 1e-9))
    limit = different[allowed] if allowed < len(different) else np.inf
    return float(np.mean(alike < limit))


def interval(
    distances: Distances, same: Flags, figure: Callable[[Distances, Flags], float]
) -> tuple[float, float]:
    """The 95 % bootstrap interval of a figure of pairs: low, high."""
    draw = np.random.default_rng(SEED)
    kinds = [np.flatnonzero(same), np.flatnonzero(~same)]
    results = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([draw.choice(kind, len(kind)) for kind in kinds if len(kind)])
        results.append(figure(distances[drawn], same[drawn]))
    low, high = np.percentile(results, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Bin:
    """One tenth of the scale of chances: its part of all answers, the mean chance said, and how often that was so."""

    share: float
    chance: float
    right: float


def calibration_curve(chances: Distances, right: Flags, weights: Distances) -> list[Bin]:
    """The tenths of the scale that hold any chance, lowest first. Arrays of shape (N,)."""
    tenth = np.minimum((chances * 10).astype(np.int64), 9)
    total = weights.sum()
    return [
        Bin(
            float(weights[here].sum() / total),
            float(np.average(chances[here], weights=weights[here])),
            float(np.average(right[here], weights=weights[here])),
        )
        for at in range(10)
        if (here := tenth == at).any()
    ]


def calibration_error(curve: list[Bin]) -> float:
    """The expected calibration error: the gap between what was said and what was so, on average over answers."""
    return sum(bin_.share * abs(bin_.chance - bin_.right) for bin_ in curve)
