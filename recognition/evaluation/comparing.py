"""One-to-one: how often are two photos rightly called the same person or two people?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.evaluation import figures
from recognition.evaluation.figures import Distances, Flags
from recognition.evaluation.measuring import Measured
from recognition.evaluation.pairs import Pair, PairList

FARS = {"tar_at_far_1e-2": 1e-2, "tar_at_far_1e-3": 1e-3}
DIGITS = 4


class NothingToJudge(ValueError):
    """No pair of the list has both of its files."""


def judged(listed: PairList, measured: Measured) -> tuple[Pair, ...]:
    """The pairs both of whose files are there. Raises NothingToJudge.

    A file that is no photo, or without a face, stays in: to somebody who sends it, the product answers "no match".
    """
    missing = set(measured.missing)
    pairs = tuple(pair for pair in listed.pairs if not {pair.one, pair.other} & missing)
    if not pairs or not measured.templates:
        raise NothingToJudge("None of these pairs can be judged: no photo of them is there and shows a face.")
    return pairs


def distances(pairs: tuple[Pair, ...], templates: Mapping[str, NDArray[np.float64]]) -> Distances:
    """Euclidean, shape (N,); infinity where a photo has no template."""
    return np.array(
        [
            np.linalg.norm(templates[pair.one] - templates[pair.other])
            if pair.one in templates and pair.other in templates
            else np.inf
            for pair in pairs
        ],
        dtype=np.float64,
    )


def compare(listed: PairList, measured: Measured, threshold: float) -> dict[str, Any]:
    """The figures of one list, ready for JSON. `threshold` counts where the list has no folds.

    Raises NothingToJudge.
    """
    pairs = judged(listed, measured)
    far = distances(pairs, measured.templates)
    same = np.array([pair.same for pair in pairs], dtype=np.bool_)
    result: dict[str, Any] = _accuracy(far, same, np.array([pair.fold for pair in pairs]), threshold)
    for name, rate in FARS.items():
        result[name] = _rounded(figures.tar_at_far(far, same, rate))
        result["intervals"][name] = _tar_interval(far, same, rate)
    return result | {
        "pairs": {"same": int(same.sum()), "different": int((~same).sum())},
        "pairs_not_judged": len(listed.pairs) - len(pairs),
    }


def _accuracy(far: Distances, same: Flags, folds: NDArray[np.int64], threshold: float) -> dict[str, Any]:
    at_shipped = figures.accuracy(far, same, threshold)
    result: dict[str, Any] = {
        "accuracy": at_shipped,
        "threshold": threshold,
        "accuracy_at_shipped_threshold": at_shipped,
    }
    thresholds = np.full(len(far), threshold)
    if len(np.unique(folds)) > 1:
        by_fold = figures.over_folds(far, same, folds)
        thresholds = np.array([by_fold[at][1] for at in np.unique(folds, return_inverse=True)[1]])
        result["accuracy"] = float(np.mean([right for right, _ in by_fold]))
        result["folds"] = [{"accuracy": _rounded(a), "threshold": _rounded(t)} for a, t in by_fold]
    right = ((far < thresholds) == same).astype(np.float64)
    low, high = figures.interval(right, same, lambda drawn, _: float(drawn.mean()))
    rounded = {k: _rounded(v) if isinstance(v, float) else v for k, v in result.items()}
    return rounded | {"intervals": {"accuracy": [_rounded(low), _rounded(high)]}}


def _tar_interval(far: Distances, same: Flags, rate: float) -> list[float | None] | None:
    if same.all() or not same.any():
        return None
    low, high = figures.interval(far, same, lambda d, s: figures.tar_at_far(d, s, rate))
    return [_rounded(low), _rounded(high)]


def _rounded(number: float) -> float | None:
    """Four places: more would feign precision. JSON knows no NaN."""
    return None if np.isnan(number) else round(number, DIGITS)
