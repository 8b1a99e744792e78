"""From which score on is one person surely police? Measured on people of whom it is known, with a margin.

This file decides how sure is sure: on the model's word alone a face is measured only at scores that no civilian comes
near. The best head of each photo speaks for it, as if somebody had pointed at each. The threshold lies a whole MARGIN
beyond the highest civilian seen, because the next thousand will have a higher one.
"""

import contextlib
import io
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from recognition.presence.base import PhotoUnsuitable, PresenceBackend
from recognition.presence.measuring import KINDS, FindHeads, photos, upright
from recognition.presence.person import look_at

MARGIN = 1.0
"""In logits: the odds of the threshold are 2.7 times those of the highest civilian. Their highest hundredth thins
out by about half a logit: of 1,800 civilians never seen before, one in six such sets should hold one who reaches it."""


@dataclass(slots=True)
class People:
    """The best look of each photo, 0 where nobody could be pointed at or it looks military."""

    scores: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    model_version: str = ""


def measure_people(backend: PresenceBackend, folder: Path, find_heads: FindHeads) -> dict[str, Any]:
    """Look at everybody in `folder`/police and `folder`/other; figures as one JSON-able object.

    Raises ValueError when there is nobody of one kind.
    """
    backend.load()
    people = People()
    for kind, path in photos(folder):
        with contextlib.suppress(PhotoUnsuitable):
            people.scores[kind].append(_best_look(backend, path, find_heads, people))
    return figures(people)


def _best_look(backend: PresenceBackend, path: Path, find_heads: FindHeads, people: People) -> float:
    best, photo, written = 0.0, upright(path), io.BytesIO()
    photo.save(written, "JPEG", quality=95)
    for head in find_heads(np.asarray(photo)):
        with contextlib.suppress(PhotoUnsuitable):  # such a person is never measured either
            look = look_at(backend, written.getvalue(), head)
            people.model_version = look.model_version
            best = max(best, 0.0 if look.is_military else look.score)
    return best


def figures(people: People) -> dict[str, Any]:
    """`score_no_other_reaches` lies a margin beyond the highest civilian; shares are of photos that pass it."""
    police, other = (np.array(people.scores[kind]) for kind in KINDS)
    if not len(police) or not len(other):
        raise ValueError("Both kinds of photo are needed: some with police and some without.")
    sure = beyond(float(other.max()))
    return {
        "highest_other": round(float(other.max()), 4),
        "score_no_other_reaches": sure,
        "others_that_reach_it": int((other >= sure).sum()),
        "police_that_reach_it": round(float((police >= sure).mean()), 4),
        "police_above_the_highest_other": round(float((police > other.max()).mean()), 4),
        "people": {"police": len(police), "other": len(other)},
        "model_version": people.model_version,
    }


def beyond(score: float) -> float:
    """The score a margin above another, rounded up; both 0 to 1."""
    inside = min(max(score, 1e-6), 1 - 1e-6)
    logit = math.log(inside / (1 - inside)) + MARGIN
    return math.ceil(1e4 / (1 + math.exp(-logit))) / 1e4


def write_sure(manifest: Path, score: float) -> None:
    """Put the score beside the weights it was measured with."""
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    facts["thresholds"]["sure"] = score
    manifest.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
