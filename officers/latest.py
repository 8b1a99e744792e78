"""What happened, the latest first: incidents, complaints and lawsuits, as quick on the last page as on the first.

What has no day comes last. The order is that of the indexes in the models: the day, then the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import TupleLessThan

from officers.finding import UnknownPlace
from officers.models.base import by_day

PAGE = 24
DAYS = {"incident": "date", "complaint": "received_on", "lawsuit": "filed_on"}
BETWEEN = "_"


@dataclass(frozen=True, slots=True)
class Page:
    """`after`: where the next one begins; empty on the last."""

    rows: list[Any]
    after: str


def in_order(found: QuerySet[Any]) -> QuerySet[Any]:
    day = by_day(DAYS[str(found.model._meta.model_name)])
    ordered: QuerySet[Any] = found.annotate(day=day).order_by("-day", "-pk")
    return ordered


def page(found: QuerySet[Any], after: str = "", size: int = PAGE) -> Page:
    """One page. One query, besides what `found` fetches along. Raises UnknownPlace."""
    rows = in_order(found)
    if after:
        rows = rows.filter(TupleLessThan((F("day"), F("pk")), _place(after)))
    shown = list(rows[: size + 1])
    if len(shown) <= size:
        return Page(shown, "")
    last = shown[size - 1]
    return Page(shown[:size], f"{last.day.isoformat()}{BETWEEN}{last.pk}")


def _place(after: str) -> tuple[date, int]:
    day, _, pk = after.partition(BETWEEN)
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise UnknownPlace
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError as odd:
        raise UnknownPlace from odd
