"""What the two commands print: the evaluation of matching, and the fit of its chances. Figures only."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from oversight.gate import MatchingForbidden
from oversight.refusals import IN_WORDS
from recognition import calibration, engine
from recognition.evaluation import comparing, figures, fitting, pairs, searching
from recognition.evaluation.figures import Distances, Flags
from recognition.evaluation.measuring import Measured, Say, measure

_WHY_NOT: Final = (
    pairs.PairsUnreadable,
    comparing.NothingToJudge,
    searching.TooFewPeople,
    fitting.CannotFit,
    ImproperlyConfigured,
)


class CannotEvaluate(Exception):
    """No figures, and why, in words for whoever typed the command."""


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except MatchingForbidden as forbidden:
        raise CannotEvaluate(
            f"Faces may not be measured here: {forbidden.reason}. {IN_WORDS[forbidden.reason]}"
        ) from forbidden
    except DatabaseError as unreachable:
        raise CannotEvaluate(
            "The database does not answer, so what is forbidden here is not known. Nothing more was measured."
        ) from unreachable
    except OSError as unreadable:
        raise CannotEvaluate(f"{unreadable.filename}: {unreadable.strerror}") from unreadable
    except _WHY_NOT as why_not:
        raise CannotEvaluate(str(why_not)) from why_not


@_said_plainly()
def evaluate(*, pairs: Path | None, images: Path | None, gallery: Path | None, say: Say) -> dict[str, Any]:
    """The figures of a list of pairs, of a search among the people of `gallery`, or both. Raises CannotEvaluate."""
    if not (pairs and images) and not gallery:
        raise CannotEvaluate("Give --pairs with --images, or --gallery, or all three.")
    result: dict[str, Any] = {"engine": engine.NAME, "version": calibration.fit().version}
    if pairs and images:
        listed = _read(pairs)
        measured = measure(listed.photos(), images, say)
        result |= comparing.compare(listed, measured, calibration.fit().threshold) | _counted(measured)
    if gallery:
        result["search"] = _search(gallery, say)
    return result


def _search(gallery: Path, say: Say) -> dict[str, Any]:
    photos = searching.photos_of_people(gallery)
    measured = measure(photos, gallery, say)
    people = searching.People.of(measured.templates)
    say(f"Searching among {people.count()} people")
    return _counted(measured) | {
        "people": people.count(),
        "prior": calibration.prior(),
        "shown_from": calibration.SHOWN_FROM,
        "by_gallery_size": searching.search_all(people),
    }


def _read(file: Path) -> pairs.PairList:
    try:
        return pairs.read(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise pairs.PairsUnreadable(f"{file.name} is not a list of pairs in UTF-8.") from error


def _counted(measured: Measured) -> dict[str, Any]:
    seen = measured.photos_seen()
    return {
        "photos": seen + len(measured.missing) + len(measured.unreadable),
        "files_missing": len(measured.missing),
        "files_unreadable": len(measured.unreadable),
        "faces_not_found": len(measured.without_face),
        "ms_per_photo": round(1000 * measured.seconds / seen, 1) if seen else None,
    }


@_said_plainly()
def calibrate(*, pairs: Path, images: Path, say: Say) -> dict[str, Any]:
    """The fit on a list of pairs, as `calibration.read` reads it, with its quality on people that it was not fitted on.

    Raises CannotEvaluate.
    """
    listed = _read(pairs)
    measured = measure(listed.photos(), images, say)
    judged = comparing.judged(listed, measured)
    far = comparing.distances(judged, measured.templates)
    same = np.array([pair.same for pair in judged], dtype=np.bool_)
    line = fitting.fit(far, same)
    return {
        "engine": engine.NAME,
        "version": datetime.now(UTC).date().isoformat(),
        "intercept": round(line.intercept, 2),
        "slope": round(line.slope, 2),
        "threshold": round(line.intercept / line.slope, 4),
        "pairs": {"same": int(same.sum()), "different": int((~same).sum())},
        "list": hashlib.sha256(pairs.read_bytes()).hexdigest()[:16],
        "on_people_not_fitted": _on_others(far, same, judged),
    } | _counted(measured)


def _on_others(far: Distances, same: Flags, judged: tuple[pairs.Pair, ...]) -> dict[str, Any] | None:
    """How good the fit on one half of the people is on the other half. None where a half is too small to say.

    The shipped fit uses everybody; this is what to expect of it. Pairs across the halves are in neither.
    """
    halves = np.array([_half(pair) for pair in judged])
    fitted, kept = halves == 0, (halves == 1) & np.isfinite(far)
    try:
        line = fitting.fit(far[fitted], same[fitted])
    except fitting.CannotFit:
        return None
    if min(same[kept].sum(), (~same[kept]).sum()) < fitting.LEAST_PAIRS // 2:
        return None
    chances = 1 / (1 + np.exp(-line.evidence(far[kept])))
    alike = same[kept]
    weights = np.where(alike, 0.5 / alike.sum(), 0.5 / (~alike).sum())
    curve = figures.calibration_curve(chances, alike, weights)
    return {
        "intercept": round(line.intercept, 2),
        "slope": round(line.slope, 2),
        "log_loss": round(fitting.log_loss(line, far[kept], alike), 4),
        "calibration_error": round(figures.calibration_error(curve), 4),
        "curve": [[round(x, 4) for x in (b.share, b.chance, b.right)] for b in curve],
    }


def _half(pair: pairs.Pair) -> int:
    """0 or 1 when both people are of that half, by the hash of the folder (or file) that stands for them; else 2."""
    one, other = (
        hashlib.sha256((str(Path(photo).parent.name) or photo).encode()).digest()[0] % 2
        for photo in (pair.one, pair.other)
    )
    return one if one == other else 2
