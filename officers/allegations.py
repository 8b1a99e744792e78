"""What officers are accused of, what was found, and what followed, ready for a page: two queries for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, TextField
from django.db.models.functions import Cast
from django.utils.formats import date_format

from officers import beside
from officers.models import Allegation, Finding, Penalty


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """`words` is the source's own where they say more than the choice that they were read as."""

    disposition: str
    words: str
    by: str
    found_on: date | None
    is_recommendation: bool
    penalties: list[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """An allegation with what was found about it. Whether the accused officer may be shown is the page's to ask."""

    record: Allegation
    findings: list[ShownFinding]

    @property
    def is_sustained(self) -> bool:
        return any(
            finding.disposition == Finding.Disposition.SUSTAINED.label and not finding.is_recommendation
            for finding in self.findings
        )


def shown(allegations: Iterable[Allegation]) -> list[Shown]:
    """With what was found about each. The caller has asked only for public ones. Two queries."""
    every = list(allegations)
    penalties = beside.rows(
        Penalty.objects.filter(finding=OuterRef("pk")),
        penalty="penalty",
        days="days",
        amount=Cast(F("amount"), TextField()),
        is_recommendation="is_recommendation",
        on="assessed_on",
    )
    found: dict[int, list[ShownFinding]] = defaultdict(list)
    if every:
        of_them = Finding.objects.filter(allegation__in=[one.pk for one in every])
        for finding in of_them.annotate(penalty_rows=penalties):
            found[finding.allegation_id].append(_finding(finding))
    return [Shown(one, found[one.pk]) for one in every]


def summary(every: Sequence[Shown]) -> str:
    """How many there are and how many were sustained, in a sentence."""
    complaints = len({one.record.complaint_id for one in every})
    sustained = sum(one.is_sustained for one in every)
    return (
        f"{len(every)} {'allegation' if len(every) == 1 else 'allegations'} in {complaints}"
        f" {'complaint' if complaints == 1 else 'complaints'}; {sustained or 'none'} sustained."
    )


def _finding(finding: Any) -> ShownFinding:
    label = finding.get_disposition_display()
    is_more = finding.as_written.casefold() != label.casefold()
    return ShownFinding(
        disposition=label or "Finding",
        words=finding.as_written if is_more else "",
        by=finding.found_by,
        found_on=finding.found_on,
        is_recommendation=finding.is_recommendation,
        penalties=[_penalty(row) for row in finding.penalty_rows],
    )


def _penalty(row: dict[str, Any]) -> str:
    """ "Suspension, 10 days, $500, 4 May 2021 (only recommended)" """
    parts = [row["penalty"]]
    if row["days"]:
        parts.append(f"{row['days']} day{'' if row['days'] == 1 else 's'}")
    if row["amount"]:
        parts.append(f"${Decimal(row['amount']):,.2f}".removesuffix(".00"))
    if row["on"]:
        parts.append(date_format(date.fromisoformat(row["on"]), "j F Y"))
    return ", ".join(parts) + (" (only recommended)" if row["is_recommendation"] else "")
