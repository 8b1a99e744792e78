"""The trained part: one logistic regression on what the network sees, held back hard.

This file decides the regularisation. With little of it the head learns this collection by heart and does
worse than no training on photos from elsewhere (docs/models.md); with `C` near 1e-5 it keeps only what
separates the classes broadly. Newton's method on the penalised log-likelihood (Bishop, Pattern Recognition
and Machine Learning, 4.3.3); deterministic, no random start.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Head:
    """A linear score: `features @ weights + bias`, features of shape (N, D)."""

    weights: Floats
    bias: float

    def logits(self, features: Floats) -> Floats:
        """Shape (N,)."""
        scores: Floats = features @ self.weights + self.bias
        return scores


def fit(features: Floats, police: NDArray[np.bool_], c: float, rounds: int = 25) -> Head:
    """Fit on `features` (N, D) and `police` (N,); both classes weigh the same whatever their numbers.

    Features are standardised first and the scaling is folded into the result.
    """
    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    weights, bias = _newton((features - centre) / spread, police.astype(np.float64), c, rounds)
    return Head(weights / spread, float(bias - (centre / spread) @ weights))


def _newton(x: Floats, y: Floats, c: float, rounds: int) -> tuple[Floats, float]:
    # The bias is the last unknown and is not penalised.
    x = np.column_stack([x, np.ones(len(x))])
    penalty = np.append(np.ones(x.shape[1] - 1), 0.0)
    each = c * np.where(y == 1, len(y) / (2 * y.sum()), len(y) / (2 * (1 - y).sum()))
    w = np.zeros(x.shape[1])
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-(x @ w)))
        slope = x.T @ (each * (chance - y)) + penalty * w
        curve = x.T @ (x * (each * chance * (1 - chance))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        w = w - step
        if np.abs(step).max() < 1e-8:
            break
    return w[:-1], float(w[-1])
