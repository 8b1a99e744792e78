"""From distances to chances: how likely is it that this officer is the person, among all that were searched?

A distance says how alike two photos are. How often look-alikes turn up depends on how many officers were searched, and
the person may be none of them; both are in the formula. Fitted on View 1 of Labeled Faces in the Wild (2,179 pairs):
for an even pair, logit P(same person) = 32.68 - 52.99 d.
"""

import math
from collections.abc import Sequence

INTERCEPT = 32.68
SLOPE = 52.99
PRIOR_IN_GALLERY = 0.5
"""Before looking: an even chance that the person is among the officers searched at all."""

SHOWN_FROM = 0.5
STRONG_FROM = 0.9


def chances(distances: Sequence[float], officers_searched: int) -> list[float]:
    """The chance of each officer to be the person, in the order given.

    `distances`: of each officer's best photo, nearest first. `officers_searched`: how many the gallery holds;
    those not listed are taken to be far away. The chances and that of "none of them" add up to one.
    """
    if officers_searched <= 0:
        return []
    odds_per_officer = PRIOR_IN_GALLERY / (1 - PRIOR_IN_GALLERY) / officers_searched
    weights = [odds_per_officer * math.exp(min(INTERCEPT - SLOPE * d, 500)) for d in distances]
    total = 1 + math.fsum(weights)
    return [weight / total for weight in weights]


def in_words(chance: float) -> str:
    """The word that goes before the number."""
    if chance >= STRONG_FROM:
        return "Strong match"
    if chance >= SHOWN_FROM:
        return "Possible match"
    return "Look-alike"


def as_percent(chance: float) -> int:
    """Whole percent, never 100: no comparison of photos is certain."""
    return min(99, math.floor(chance * 100))
