"""The trained part, against what a penalised logistic regression must satisfy."""

import numpy as np
import pytest

from recognition.presence.training.head import fit


def clouds(seed: int = 3, police: int = 40, other: int = 160) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    features = np.vstack([draw.normal(2, 3, (police, 4)), draw.normal(-1, 3, (other, 4))])
    return features, np.arange(police + other) < police


def test_the_fit_is_where_the_penalised_likelihood_is_level() -> None:
    features, police = clouds()
    c = 0.1
    head = fit(features, police, c)
    spread = features.std(axis=0) + 1e-6
    standard = (features - features.mean(axis=0)) / spread
    each = np.where(police, len(police) / (2 * police.sum()), len(police) / (2 * (~police).sum()))
    wrong = each * (1 / (1 + np.exp(-head.logits(features))) - police)
    slope = c * standard.T @ wrong + head.weights * spread
    assert np.abs(slope).max() < 1e-6
    assert abs(wrong.sum()) < 1e-6


def test_it_separates_what_can_be_separated() -> None:
    features, police = clouds()
    logits = fit(features, police, 0.1).logits(features)
    assert logits[police].mean() > logits[~police].mean() + 0.5


def test_more_regularisation_gives_smaller_weights_and_in_the_end_none() -> None:
    features, police = clouds()
    sizes = [float(np.linalg.norm(fit(features, police, c).weights)) for c in (1.0, 1e-3, 1e-6)]
    assert sizes[0] > sizes[1] > sizes[2]
    assert sizes[2] < 1e-3


def test_both_classes_weigh_the_same_whatever_their_numbers() -> None:
    # Nothing to learn from the features: an unbalanced fit would lean to the larger class.
    features = np.zeros((100, 2))
    police = np.arange(100) < 10
    assert fit(features, police, 1.0).logits(features) == pytest.approx(np.zeros(100), abs=1e-6)


def test_the_scaling_is_folded_into_the_weights() -> None:
    features, police = clouds()
    plain = fit(features, police, 0.1).logits(features)
    stretched = fit(features * 1000 + 5, police, 0.1).logits(features * 1000 + 5)
    assert stretched == pytest.approx(plain, rel=1e-4, abs=1e-4)
