"""From distances to chances: how likely is it that this officer is the person, among all that were searched?

A distance says how alike two photos are: how much, is fitted on pairs whose answer is known and lies in a file
(`calibrate_matching` writes one). How often look-alikes turn up depends on how many officers were searched, and the
person may be none of them; both are in the formula. "No match" is the usual answer.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from recognition import engine

SHIPPED = Path(__file__).parent / "calibrations"
NEIGHBOURS = 20
"""How many of the nearest officers a search looks at."""

SHARPNESS = 10.0
"""How much an officer's nearest photo outweighs the others: at 0 not at all, at infinity it counts alone."""

POSSIBLE_FROM = 0.5
STRONG_FROM = 0.9

SHOWN_FROM = 0.8
"""The least chance of who is shown as a match: 2 to 3 of 100 strangers are then shown anybody (docs/models.md)."""
ALIKE_FROM = 0.95
"""The least chance that it is one of several look-alikes, for them to be shown when none of them stands out."""
LEAST_CHANCE = 0.05
MOST_SHOWN = 5
_MOST_EVIDENCE = 500.0
"""As an exponent of e: past that numbers overflow, and nobody is surer."""


@dataclass(frozen=True, slots=True)
class Fit:
    """For an even pair, the logarithm of the odds that it is one person is `intercept - slope * distance`."""

    engine: str
    version: str
    intercept: float
    slope: float

    @property
    def threshold(self) -> float:
        """The distance at which a pair says nothing: nearer speaks for one person, further for two. Two places: drawn
        anew from the same people, a fit's threshold moves by a hundredth."""
        return round(self.intercept / self.slope, 2)


def read(file: Path) -> Fit:
    """The fit in `file`. Raises ImproperlyConfigured when it is not there, is none, or is of another engine."""
    try:
        held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        fit = Fit(str(held["engine"]), str(held["version"]), float(held["intercept"]), float(held["slope"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"{file.name} is no calibration of matching: {error}") from error
    if fit.engine != engine.NAME:
        raise ImproperlyConfigured(
            f"{file.name} was made for {fit.engine}; the engine is {engine.NAME}. Run calibrate_matching again."
        )
    if not (math.isfinite(fit.intercept) and math.isfinite(fit.slope) and fit.slope > 0):
        raise ImproperlyConfigured(f"{file.name} holds no line that falls with the distance.")
    return fit


@lru_cache(maxsize=1)
def fit() -> Fit:
    """The fit in use: the site's own if it has one, else the one that is shipped for the engine. Read once."""
    return read(settings.MATCHING_CALIBRATION or SHIPPED / f"{engine.NAME}.json")


def together(distances: Sequence[float]) -> float:
    """One distance for all photos of an officer: a mean in which near ones weigh more (of one photo, its own).

    The nearest alone would favour officers with many photos: among many, one is near by chance. The gallery computes
    the same in SQL.
    """
    nearest = min(distances)
    mean = math.fsum(math.exp(-SHARPNESS * (d - nearest)) for d in distances) / len(distances)
    return nearest - math.log(mean) / SHARPNESS


def prior() -> float:
    """Before looking: the chance that the person is among the officers searched at all."""
    return float(settings.MATCHING_PRIOR)


def chances(distances: Sequence[float], officers_searched: int) -> list[float]:
    """The chance of each officer to be the person, in the order given.

    `distances`: of each officer's photos `together`, nearest first. `officers_searched`: how many the gallery holds;
    those not listed are taken to be far away. The chances and that of "none of them" add up to one.
    """
    if officers_searched <= 0:
        return []
    line = fit()
    odds_per_officer = prior() / (1 - prior()) / officers_searched
    weights = [
        odds_per_officer * math.exp(min(line.intercept - line.slope * d, _MOST_EVIDENCE)) for d in distances
    ]
    total = 1 + math.fsum(weights)
    return [weight / total for weight in weights]


def worth_showing(chances_in_order: Sequence[float]) -> list[int]:
    """Which of the chances (highest first) a page may show: one officer who stands out, or several look-alikes of whom
    it is nearly surely one. Positions from 0; none is the usual answer."""
    if chances_in_order and chances_in_order[0] >= SHOWN_FROM:
        return [0]
    if math.fsum(chances_in_order) < ALIKE_FROM:
        return []
    return [at for at, chance in enumerate(chances_in_order) if chance >= LEAST_CHANCE][:MOST_SHOWN]


def in_words(chance: float) -> str:
    """The word that goes before the number."""
    if chance >= STRONG_FROM:
        return "Strong match"
    if chance >= POSSIBLE_FROM:
        return "Possible match"
    return "Look-alike"


def as_percent(chance: float) -> int:
    """Whole percent, never 100: no comparison of photos is certain."""
    return min(99, math.floor(chance * 100))
