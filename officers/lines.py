"""Incidents, complaints and lawsuits in a line each, for lists: what it is, a little more, and its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator

from officers.models import Complaint, Incident, Lawsuit

LONGEST = 28  # words


@dataclass(frozen=True, slots=True)
class Line:
    """`day` in words; `title` leads to `url`; `more` about it; `where`: the department; `end`: what became of it."""

    day: str
    title: str
    more: str
    url: str
    where: str
    end: str = ""


def day(when: date | None) -> str:
    return date_format(when, "j F Y") if when else "Day not known"


def money(amount: Any) -> str:
    return f"${amount:,.2f}".removesuffix(".00")


def joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


def of_incident(incident: Incident) -> Line:
    """Needs its department and location."""
    return Line(
        day=day(incident.date),
        title=str(incident.location or incident),
        more=Truncator(incident.description).words(LONGEST),
        where=incident.department.name,
        url=reverse("incident", args=[incident.pk]),
    )


def of_complaint(complaint: Complaint) -> Line:
    """Needs its department."""
    number = f"Complaint {complaint.record_number}" if complaint.record_number else str(complaint)
    return Line(
        day=day(complaint.received_on),
        title=joined(complaint.category, number) if complaint.category else number,
        more=Truncator(complaint.summary).words(LONGEST),
        where=complaint.department.name,
        url=reverse("complaint", args=[complaint.pk]),
        end=complaint.outcome,
    )


def of_lawsuit(lawsuit: Lawsuit) -> Line:
    """Needs its department."""
    return Line(
        day=day(lawsuit.filed_on),
        title=lawsuit.title,
        more=joined(lawsuit.nature, lawsuit.court),
        where=lawsuit.department.name,
        url=reverse("lawsuit", args=[lawsuit.pk]),
        end=joined(lawsuit.get_outcome_display(), money(lawsuit.amount) if lawsuit.amount else ""),
    )


OF: dict[str, Any] = {"incident": of_incident, "complaint": of_complaint, "lawsuit": of_lawsuit}
