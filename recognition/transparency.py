"""What anybody may know about face matching here: where it is allowed and why, how often it ran, what is kept how long.

Figures are counted from the audit log, the schedule is printed from the constants that the deleting jobs use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from officers import jurisdiction
from officers.departments import LONGEST_REVIEW
from officers.holds import UNDO_DAYS
from officers.models import Department, ProhibitedPlace
from oversight.models import AuditEvent
from recognition import calibration

ASKED, REFUSED, VOIDED = "search asked for", "search refused", "search voided"
TAKEN_FOR_POLICE = "person taken for police"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    month: date
    asked: int
    refused: int
    voided: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: how long it is kept, and what ends it."""

    what: str
    how_long: str
    until: str


def departments_that_match() -> QuerySet[Department]:
    """Published departments that the gate lets through today, with the basis that an admin wrote down."""
    flagged = Department.objects.public().filter(is_facial_recognition_allowed=True)
    refusals = jurisdiction.refusals(list(flagged.values_list("pk", flat=True)))
    return flagged.filter(pk__in=[pk for pk, reason in refusals.items() if reason is None]).select_related(
        "state"
    )


def prohibited_places() -> Iterable[ProhibitedPlace]:
    return ProhibitedPlace.objects.select_related("state").order_by("state", "county", "city", "valid_from")


def searches_by_month() -> list[Month]:
    """The last twelve months in which anything happened, latest first."""
    counted: dict[date, dict[str, Any]] = {}
    rows = (
        AuditEvent.objects.filter(action__in=[ASKED, REFUSED, VOIDED])
        .annotate(month=TruncMonth("at"))
        .values("month", "action")
        .annotate(number=Count("pk"))
    )
    for row in rows:
        counted.setdefault(row["month"].date(), {})[row["action"]] = row["number"]
    return [
        Month(month, of.get(ASKED, 0), of.get(REFUSED, 0), of.get(VOIDED, 0))
        for month, of in sorted(counted.items(), reverse=True)[:MONTHS]
    ]


@dataclass(frozen=True, slots=True)
class Chances:
    """On what the chances rest that a search shows: all in whole percent."""

    prior: int
    shown_from: int
    strong_from: int
    fitted_version: str


def chances() -> Chances:
    return Chances(
        prior=round(100 * calibration.prior()),
        shown_from=round(100 * calibration.SHOWN_FROM),
        strong_from=round(100 * calibration.STRONG_FROM),
        fitted_version=f"{calibration.fit().engine}, {calibration.fit().version}",
    )


def retention() -> list[Kept]:
    """The schedule of BIPA section 15(a), from the constants themselves."""
    question = _in_words(timedelta(hours=settings.PROBE_HOURS))
    return [
        Kept(
            "The file you sent, with its metadata", "not at all", "the photo has been rebuilt from its pixels"
        ),
        Kept("A photo sent to ask who an officer is", question, "you delete it, or give it to the record"),
        Kept(
            "What is measured from the face you point at",
            "seconds",
            "the search is over; it is never written anywhere",
        ),
        Kept(
            "Whether a volunteer may look, and what they said",
            question,
            "you delete the search, or its time is over",
        ),
        Kept("Your e-mail address, if you gave one", f"at most {question}", "the one mail is sent"),
        Kept("The officers a search found", question, "you delete the search, or a door closes"),
        Kept(
            "What is measured from officers' photos",
            f"at most {_in_words(LONGEST_REVIEW)}",
            "the permission ends or is taken back, the officer or the photo falls under a law that forbids it:"
            " then in the same moment",
        ),
        Kept("Photos given to the record", "while they are part of the record", "they are taken down"),
        Kept(
            "What you write in a flag or a request, and how to reach you",
            _in_words(timedelta(days=settings.TICKET_DAYS)),
            "it is that long since we decided or answered",
        ),
        Kept(
            "A photo that a coordinator deletes", _in_words(timedelta(days=UNDO_DAYS)), "it is gone for good"
        ),
        Kept(
            "The audit log: who did what, without anything measured", "for good", "never; it names no visitor"
        ),
        Kept("Your network address", "not at all", "limits count keyed hashes that die within the hour"),
    ]


def _in_words(time: timedelta) -> str:
    hours = int(time.total_seconds() // 3600)
    return f"{hours} hours" if hours <= 72 else f"{time.days} days"
