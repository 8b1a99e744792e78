"""What the pages of an incident, a complaint and a lawsuit show: only what a stranger may see, whoever looks.

An officer who is hidden is not named there, also not by the name that the source has for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from officers import allegations, beside, cards, citing, freshness, latest, lines
from officers.allegations import Shown
from officers.cards import OfficerCard
from officers.models import Allegation, Complaint, Incident, Lawsuit, LawsuitParty, Officer

MOST_PARTS = 200
SOME = 20
ROLES = [role.value for role in LawsuitParty.Role]
NOT_SHOWN = "An officer who is not shown here"
NOBODY = "An officer nobody has identified"


@dataclass(frozen=True, slots=True)
class Accused:
    """One allegation: `card` of the officer where they are shown, `name` where only the source names them."""

    card: OfficerCard | None
    name: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class Party:
    card: OfficerCard | None
    name: str
    department_id: int | None
    role: str


def incident(pk: int) -> dict[str, Any]:
    """Raises Http404. The officers come a page at a time: see the view."""
    record: Any = get_object_or_404(
        Incident.objects.public()
        .select_related("department", "location")
        .prefetch_related("license_plates")
        .annotate(**beside.of_record("incidents")),
        pk=pk,
    )
    return {
        "facts": [
            ("When", _moment(record)),
            *([] if record.location else [("Where", "")]),  # the heading says it
            ("Report number", record.report_number),
            ("Department", record.department.name),
        ],
        "plates": list(record.license_plates.all()),
        "complaints": _lines(Complaint.objects.public().filter(incident=pk)),
        "lawsuits": _lines(Lawsuit.objects.public().filter(incident=pk)),
        **_common(record, []),
    }


def complaint(pk: int) -> dict[str, Any]:
    """Raises Http404."""
    found = Complaint.objects.public().select_related("department")
    record: Any = get_object_or_404(found.annotate(**beside.of_record("complaints")), pk=pk)
    every = allegations.shown(Allegation.objects.filter(complaint=pk)[:MOST_PARTS])
    people = _cards(Officer.objects.filter(allegations__complaint=pk), record.department_id)
    return {
        "facts": [
            ("Department", record.department.name),
            ("Complaint number", record.record_number),
            ("Received", lines.day(record.received_on) if record.received_on else ""),
            ("Closed", lines.day(record.closed_on) if record.closed_on else ""),
            ("What came of it", record.outcome),
        ],
        "accused": [_accused(one, people) for one in every],
        "summary": allegations.summary(every) if every else "",
        "incident": _incident_of(record),
        **_common(record, [one.record for one in every]),
    }


def lawsuit(pk: int) -> dict[str, Any]:
    """Raises Http404."""
    found = Lawsuit.objects.public().select_related("department")
    record: Any = get_object_or_404(found.annotate(**beside.of_record("lawsuits")), pk=pk)
    parties = LawsuitParty.objects.filter(lawsuit=pk).select_related("department")
    every = sorted(parties[:MOST_PARTS], key=lambda party: (ROLES.index(party.role), party.pk))
    people = _cards(Officer.objects.filter(lawsuit_parties__lawsuit=pk), record.department_id)
    return {
        "facts": [
            ("Department", record.department.name),
            ("Court", record.court),
            ("Docket number", record.docket_number),
            ("Filed", lines.day(record.filed_on) if record.filed_on else ""),
            ("Closed", lines.day(record.closed_on) if record.closed_on else ""),
            ("About", record.nature),
            ("Outcome", record.get_outcome_display()),
            ("Paid or awarded", lines.money(record.amount) if record.amount is not None else ""),
        ],
        "parties": [_party(one, people) for one in every],
        "incident": _incident_of(record),
        **_common(record, every),
    }


def _common(record: Any, parts: list[Any]) -> dict[str, Any]:
    return {
        "record": record,
        "department": record.department,
        "links": beside.links(record),
        "documents": record.document_rows,
        "topics": record.topic_rows,
        "sources": citing.of([record, *parts]),
        "changed_at": freshness.last_changed(record, *parts, at=beside.changes(record)),
    }


def _moment(record: Incident) -> str:
    at = f", {record.time:%H:%M}" if record.time else ""
    return lines.day(record.date) + at if record.date else ""


def _lines(found: QuerySet[Any]) -> list[lines.Line]:
    line = lines.OF[str(found.model._meta.model_name)]
    return [line(one) for one in latest.in_order(found.select_related("department"))[:SOME]]


def _incident_of(record: Any) -> lines.Line | None:
    """What it is about, where everybody may see that."""
    if record.incident_id is None:
        return None
    found = Incident.objects.public().select_related("department", "location")
    about = found.filter(pk=record.incident_id).first()
    return lines.of_incident(about) if about else None


def _cards(officers: Any, department_id: int) -> dict[int, OfficerCard]:
    """Of those among them that everybody may see. Three queries."""
    shown: Iterable[Officer] = officers.public().distinct().for_cards()[:MOST_PARTS]
    return {one.pk: cards.card(one, department_id) for one in shown}


def _accused(one: Shown, people: dict[int, OfficerCard]) -> Accused:
    officer_id = one.record.officer_id
    if officer_id is not None:
        card = people.get(officer_id)
        return Accused(card, "" if card else NOT_SHOWN, one)
    return Accused(None, one.record.accused_as or NOBODY, one)


def _party(one: LawsuitParty, people: dict[int, OfficerCard]) -> Party:
    card = people.get(one.officer_id) if one.officer_id else None
    where = one.department if one.department and one.department.is_published else None
    name = one.name or (where.name if where else "")
    if one.officer_id and not card:
        name = NOT_SHOWN
    return Party(card, name or "Not named", where.pk if where else None, one.get_role_display())
