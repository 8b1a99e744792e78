"""An officer's working life as a line of events, also in agencies where the same person has a row of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from officers import cards
from officers.citing import Sources
from officers.models import Assignment, Officer


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same person's row in another agency, with its stints fetched; `how_sure` in words."""

    officer: Officer
    how_sure: str


def facts(stint: Assignment | None, officer: Any, sources: Sources) -> list[tuple[str, str, str]]:
    """The present stint, or the last one, as facts with their sources."""
    if stint is None:
        return [("Department", "", "")]
    source = sources.named(stint)
    status = _why_left(stint) or stint.get_status_display()
    number = (stint.department.internal_id_label or "Internal number", officer.internal_id, "")
    return [
        ("Department", stint.department.name, source),
        ("Badge", stint.badge_number, sources.named(stint, "badge_number")),
        ("Rank", stint.rank.name if stint.rank else "", sources.named(stint, "rank")),
        ("Unit", stint.unit.name if stint.unit else "", sources.named(stint, "unit")),
        *([("Status", status, sources.named(stint, "status"))] if status else []),
        *([number] if officer.internal_id else []),
    ]


def events(
    own: Sequence[Assignment], elsewhere: Iterable[Elsewhere], sources: Sources
) -> list[dict[str, Any]]:
    """Every stint, the latest first, as elements/timeline.html takes it."""
    every: list[tuple[Assignment, Elsewhere | None]] = [(stint, None) for stint in own]
    every += [(stint, other) for other in elsewhere for stint in other.officer.assignments.all()]
    every.sort(key=lambda pair: _order(pair[0]), reverse=True)
    return [_event(stint, other, sources) for stint, other in every]


def _order(stint: Assignment) -> tuple[date, date, int]:
    """What goes on comes first, then by the day it ended and the day it began."""
    return stint.end_date or date.max, stint.start_date or date.min, stint.pk


def is_now(stint: Assignment) -> bool:
    """Known to go on: it began, and neither ended nor is said to have ended."""
    if stint.status:
        return stint.status != Assignment.Status.SEPARATED
    has_ended = stint.end_date is not None and stint.end_date < timezone.localdate()
    return stint.start_date is not None and not has_ended


def _event(stint: Assignment, other: Elsewhere | None, sources: Sources) -> dict[str, Any]:
    rank = stint.rank.name if stint.rank else "Officer"
    badge = f"badge {stint.badge_number}" if stint.badge_number else ""
    status = stint.get_status_display() if stint.status in ("leave", "suspended") else ""
    return {
        "when": cards.years(stint) or "Dates not known",
        "what": joined(rank, stint.unit.name if stint.unit else ""),
        "more": joined(stint.department.name, badge, status, _why_left(stint)),
        "source": sources.named(stint),
        "now": is_now(stint),
        "other": other,
    }


def _why_left(stint: Assignment) -> str:
    """ "Dismissed (“conduct unbecoming”)" """
    note = f" (“{stint.separation_note}”)" if stint.separation_note else ""
    return (stint.get_separation_display() or ("Why they left" if note else "")) + note


def joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
