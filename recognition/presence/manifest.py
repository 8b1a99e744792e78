"""What the shipped weights are, and whether the file beside the manifest is really them.

This file decides what must be known about weights before they are run: their hash, licence, what they were
trained on, how their outputs become a score, and where the score's thresholds lie. Weights without an
honest manifest, or changed after it was written, are refused.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recognition.presence.base import NEVER_SURE, PresenceUnavailable
from recognition.presence.scoring import Scale, Scoring

WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest's facts. The thresholds are explained in docs/models.md."""

    version: str
    weights: Path
    licence: str
    trained_on: str
    input_size: int
    scoring: Scoring
    likely: float
    review: float
    military: float
    """Least scores for the decisions, and for the military label."""
    sure: float
    """Least score at which the person who was pointed at is surely police; `evaluate_presence --set-sure` writes it."""
    metrics: dict[str, Any]


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`, after checking that its weights have the hash it names.

    Raises `PresenceUnavailable` with a plain reason when a file is missing, incomplete or changed.
    """
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        weights = path.parent / facts["weights"]
        content = weights.read_bytes()
        if hashlib.sha256(content).hexdigest() != facts["sha256"]:
            raise PresenceUnavailable(f"The weights in {weights.name} are not those of {path.name}: refused.")
        return _manifest(facts, weights)
    except OSError as error:
        raise PresenceUnavailable(f"The police presence model cannot be read: {error.filename}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise PresenceUnavailable(f"{path.name} is not a complete manifest: {error!r}.") from error


def _manifest(facts: dict[str, Any], weights: Path) -> Manifest:
    score, thresholds = facts["score"], facts["thresholds"]
    return Manifest(
        version=str(facts["version"]),
        weights=weights,
        licence=str(facts["licence"]),
        trained_on=str(facts["trained_on"]),
        input_size=int(facts["input_size"]),
        scoring=Scoring(
            probe=Scale(**score["probe"]),
            worn=Scale(**score["worn"]),
            probe_share=float(score["probe_share"]),
            gear_weight=float(score["gear_weight"]),
            usual_background=score.get("usual_background"),  # older weights have none
            slope=float(score["slope"]),
            offset=float(score["offset"]),
        ),
        likely=float(thresholds["likely"]),
        review=float(thresholds["review"]),
        military=float(thresholds["military"]),
        sure=float(thresholds.get("sure", NEVER_SURE)),
        metrics=dict(facts["metrics"]),
    )
