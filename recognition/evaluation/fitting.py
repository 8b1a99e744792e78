"""From labelled distances to evidence: fits log(chance of same / chance of different) = intercept - slope * distance.

Logistic regression in the distance, each kind of pair weighing half, so that the line says what a distance is worth by
itself; how likely a match was beforehand is added when it is used (`recognition.calibration`). Newton's method.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from recognition.evaluation.figures import Distances, Flags

LEAST_PAIRS: Final = 100
"""Of each kind. With fewer, the line is mostly chance."""
_RIDGE: Final = 1e-6
"""On the slope, in units where distances have spread 1: keeps kinds that do not overlap from making it infinite."""
_STEPS: Final = 50


class CannotFit(ValueError):
    """These pairs do not carry a fit. Says why."""


@dataclass(frozen=True, slots=True)
class Line:
    intercept: float
    slope: float

    def evidence(self, distances: Distances) -> Distances:
        """The natural logarithm of the likelihood ratio of each distance."""
        return self.intercept - self.slope * distances


def fit(distances: Distances, same: Flags) -> Line:
    """The line for `distances` (shape (N,); those that are not finite are left out). Raises CannotFit."""
    usable = np.isfinite(distances)
    far, alike = distances[usable], same[usable]
    if min(alike.sum(), (~alike).sum()) < LEAST_PAIRS:
        raise CannotFit(f"A fit needs {LEAST_PAIRS} pairs of each kind whose faces can be measured.")
    middle, spread = far.mean(), far.std() or 1.0
    scaled = np.column_stack([np.ones(len(far)), (middle - far) / spread])
    weights = np.where(alike, 0.5 / alike.sum(), 0.5 / (~alike).sum())
    level, rise = _newton(scaled, alike.astype(np.float64), weights)
    if rise <= 0:
        raise CannotFit("Photos of one person are not nearer to each other than photos of two.")
    return Line(float(level + rise * middle / spread), float(rise / spread))


def _newton(inputs: Distances, wanted: Distances, weights: Distances) -> tuple[float, float]:
    """The two numbers of a weighted logistic regression; `inputs` has shape (N, 2)."""
    numbers = np.zeros(2)
    ridge = np.diag([0.0, _RIDGE])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ numbers, -50, 50)))
        slope = inputs.T @ (weights * (wanted - chance)) - ridge @ numbers
        bend = (inputs * (weights * chance * (1 - chance))[:, np.newaxis]).T @ inputs + ridge
        step = np.linalg.solve(bend + 1e-12 * np.eye(2), slope)
        numbers = numbers + step
        if np.abs(step).max() < 1e-10:
            break
    return float(numbers[0]), float(numbers[1])


def log_loss(line: Line, distances: Distances, same: Flags) -> float:
    """Mean negative log-likelihood in nats with an even prior, each kind weighing half. Infinite distances left out."""
    usable = np.isfinite(distances)
    evidence, alike = line.evidence(distances[usable]), same[usable]
    return float((np.logaddexp(0, -evidence[alike]).mean() + np.logaddexp(0, evidence[~alike]).mean()) / 2)
