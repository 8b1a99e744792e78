"""The rates by which protection is judged, each with how uncertain it is.

A probe is a photo that is looked up, the gallery are the photos it is looked up in; likeness is the product of two
unit vectors. Words as in ISO/IEC 19795-1. Intervals are bootstrapped over people, not over photos: photos of one
person are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float64]
"""N x D, each of length 1."""

_DRAWS: Final = 2000


@dataclass(frozen=True)
class Rate:
    """A share from 0 to 1, its 95 % interval, and of how many photos of how many people."""

    value: float
    low: float
    high: float
    photos: int
    people: int

    def told(self) -> dict[str, float | int]:
        """For JSON."""
        return {
            "rate": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "photos": self.photos,
            "people": self.people,
        }


def rate(hits: Sequence[bool] | NDArray[np.bool_], people: Sequence[str], seed: int = 0) -> Rate:
    """The share of hits, with people drawn again and again for its interval. Raises ValueError without a photo."""
    found = np.asarray(hits, np.float64)
    if not len(found) or len(found) != len(people):
        raise ValueError("A rate needs photos, and each photo's person.")
    _, whose = np.unique(np.asarray(people), return_inverse=True)
    sums, counts = np.bincount(whose, found), np.bincount(whose)
    drawn = np.random.default_rng(seed).integers(0, len(counts), (_DRAWS, len(counts)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    return Rate(float(found.mean()), float(low), float(high), len(found), len(counts))


def first_is_right(
    likeness: NDArray[np.float64], probes: Sequence[str], gallery: Sequence[str]
) -> NDArray[np.bool_]:
    """For each probe: is the most alike photo of the gallery of the same person (rank-1)?

    `likeness`: probes x gallery; -inf where a photo may not be found (the probe's own original).
    """
    nearest = np.asarray(gallery)[likeness.argmax(axis=1)]
    right: NDArray[np.bool_] = nearest == np.asarray(probes)
    return right


def by_chance(likeness: NDArray[np.float64], probes: Sequence[str], gallery: Sequence[str]) -> float:
    """The rank-1 rate of somebody who guesses: each probe's share of the gallery that it may be found in."""
    allowed = np.isfinite(likeness)
    same = np.asarray(probes)[:, None] == np.asarray(gallery)[None, :]
    return float(((same & allowed).sum(axis=1) / allowed.sum(axis=1)).mean())


def area_under_curve(same: NDArray[np.float64], different: NDArray[np.float64]) -> float:
    """How often a pair of one person is more alike than a pair of two; .5 is guessing. Raises ValueError for none."""
    if not len(same) or not len(different):
        raise ValueError("Both kinds of pairs are needed.")
    ordered = np.sort(different)
    below = np.searchsorted(ordered, same, "left") + np.searchsorted(ordered, same, "right")
    return float(below.mean() / 2 / len(ordered))


def accepting(different: NDArray[np.float64], false_matches: float = 0.001) -> float:
    """The likeness above which `false_matches` of the pairs of two people are taken for one."""
    return float(np.quantile(different, 1 - false_matches))
