"""What the demo's officers earned and did: invented pay, incidents, complaints, lawsuits (officers/demo/cases.json)."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from officers.demo_seed import DEMO
from officers.models import (
    Allegation,
    Assignment,
    CareerLink,
    Certification,
    Citation,
    Complaint,
    Department,
    Description,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    LicensePlate,
    Link,
    Location,
    Officer,
    OfficerAlias,
    Penalty,
    Rank,
    Salary,
    Topic,
    Unit,
)

PLACE = ("street_name", "cross_street1", "city", "state")


class Cases:
    """The file and what was made of it so far: officers by their number in the demo, incidents by their key."""

    def __init__(self, roster: dict[str, Any]) -> None:
        self.content: dict[str, Any] = json.loads((DEMO / "cases.json").read_text(encoding="utf-8"))
        names = {(row["first_name"], row["last_name"]): row["number"] for row in roster["officers"]}
        self.officers = {
            names[one.first_name, one.last_name]: one
            for one in Officer.objects.all()
            if (one.first_name, one.last_name) in names
        }
        self.departments = {one.name: one for one in Department.objects.all()}
        self.incidents: dict[str, Incident] = {}

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """The rows of a kind, with officers and departments instead of what the file calls them."""
        rows = [dict(row) for row in self.content[kind]]
        for row in rows:
            for name, known in (("officer", self.officers), ("department", self.departments)):
                if name in row:
                    row[name] = known[row[name]]
        return rows

    def department_of(self, officer: Officer) -> Department:
        return officer.assignments.get(end_date=None).department


@transaction.atomic
def seed(roster: dict[str, Any]) -> int:
    """Everything. Returns how many incidents, complaints and lawsuits."""
    cases = Cases(roster)
    _seed_officers(cases)
    _seed_stints(cases)
    _seed_pay(cases)
    made = [*_seed_incidents(cases), *_seed_complaints(cases), *_seed_lawsuits(cases)]
    _seed_links(cases)
    _seed_citations(cases)
    return len(made)


def _seed_officers(cases: Cases) -> None:
    for row in cases.rows("details"):
        Officer.objects.filter(pk=row.pop("officer").pk).update(**row)
    for row in cases.rows("aliases"):
        OfficerAlias.objects.create(**row)
    for row in cases.rows("certifications"):
        Certification.objects.create(state_id=row.pop("state"), **row)
    for row in cases.rows("descriptions"):
        Description.objects.create(department=cases.department_of(row["officer"]), **row)


def _seed_stints(cases: Cases) -> None:
    for row in cases.rows("stints"):
        present = row["officer"].assignments.get(end_date=None)
        for stint in row["before"]:
            _stint(row["officer"], present.department, stint)
        present.start_date = date.fromisoformat(row["since"])
        present.status = row.get("status", "")
        present.save(update_fields=["start_date", "status"])
    for row in cases.rows("elsewhere"):
        other = Officer.objects.create(first_name=row.pop("first_name"), last_name=row.pop("last_name"))
        here, confidence = row.pop("officer"), row.pop("confidence")
        _stint(other, row.pop("department"), row, status="separated")
        first, second = sorted((here, other), key=lambda one: one.pk)
        CareerLink.objects.create(first=first, second=second, confidence=confidence)


def _stint(officer: Officer, department: Department, row: dict[str, Any], **more: str) -> None:
    rank, _ = Rank.objects.get_or_create(department=department, name=row["rank"])
    unit, _ = Unit.objects.get_or_create(department=department, name=row["unit"])
    Assignment.objects.create(
        officer=officer,
        department=department,
        rank=rank,
        unit=unit,
        badge_number=row["badge"],
        start_date=date.fromisoformat(row["start"]),
        end_date=date.fromisoformat(row["end"]),
        separation=row.get("separation", ""),
        separation_note=row.get("separation_note", ""),
        **more,
    )


def _seed_pay(cases: Cases) -> None:
    for row in cases.rows("pay"):
        where = cases.department_of(row["officer"])
        Salary.objects.bulk_create(
            Salary(
                officer=row["officer"],
                department=where,
                year=row["first_year"] + number,
                salary=Decimal(pay),
                overtime_pay=None if overtime is None else Decimal(overtime),
                is_fiscal_year=row.get("fiscal", False),
            )
            for number, (pay, overtime) in enumerate(zip(row["salary"], row["overtime"], strict=True))
        )


def _seed_incidents(cases: Cases) -> list[Incident]:
    for row in cases.rows("incidents"):
        key, topics, plates = row.pop("key"), row.pop("topics"), row.pop("plates")
        officers = [cases.officers[number] for number in row.pop("officers")]
        place = {name: row.pop(name, "") for name in PLACE}
        place["state_id"] = place.pop("state")
        row["location"] = Location.objects.get_or_create(**place)[0]
        made = Incident.objects.create(is_published=True, **row)
        made.officers.set(officers)
        made.license_plates.set(_plate(words) for words in plates)
        _gather(made, topics)
        cases.incidents[key] = made
    return list(cases.incidents.values())


def _plate(words: str) -> LicensePlate:
    number, state = words.rsplit(" ", 1)
    return LicensePlate.objects.get_or_create(number=number, state_id=state)[0]


def _gather(record: Incident | Complaint | Lawsuit, topics: list[str]) -> None:
    record.topics.set(Topic.objects.get_or_create(name=name)[0] for name in topics)


def _seed_complaints(cases: Cases) -> list[Complaint]:
    every = []
    for row in cases.rows("complaints"):
        allegations, topics = row.pop("allegations"), row.pop("topics")
        row["incident"] = cases.incidents[row["incident"]]
        made = Complaint.objects.create(is_published=True, **row)
        _gather(made, topics)
        for allegation in allegations:
            _accuse(cases, made, allegation)
        every.append(made)
    return every


def _accuse(cases: Cases, complaint: Complaint, row: dict[str, Any]) -> None:
    findings = row.pop("findings")
    officer = cases.officers[row.pop("officer")] if "officer" in row else None
    allegation = Allegation.objects.create(complaint=complaint, officer=officer, **row)
    for finding in findings:
        penalties = finding.pop("penalties", [])
        found = Finding.objects.create(allegation=allegation, **finding)
        for penalty in penalties:
            Penalty.objects.create(finding=found, **penalty)


def _seed_lawsuits(cases: Cases) -> list[Lawsuit]:
    every = []
    for row in cases.rows("lawsuits"):
        parties, topics = row.pop("parties"), row.pop("topics")
        row["incident"] = cases.incidents[row["incident"]] if "incident" in row else None
        made = Lawsuit.objects.create(is_published=True, **row)
        _gather(made, topics)
        for party in parties:
            officer = cases.officers[party.pop("officer")] if "officer" in party else None
            LawsuitParty.objects.create(lawsuit=made, officer=officer, **party)
        every.append(made)
    return every


def _seed_links(cases: Cases) -> None:
    known: dict[str, dict[str, Any]] = {
        "officers": cases.officers,
        "incidents": cases.incidents,
        "departments": cases.departments,
    }
    for row in cases.rows("links"):
        attached = {name: [known[name][one] for one in row.pop(name, [])] for name in known}
        made = Link.objects.create(**row)
        for name, records in attached.items():
            getattr(made, name).set(records)


def _seed_citations(cases: Cases) -> None:
    for row in cases.rows("citations"):
        if "officer" in row:
            record: Any = row.pop("officer")
        elif "incident" in row:
            record = cases.incidents[row.pop("incident")]
        else:
            record = Complaint.objects.get(record_number=row.pop("complaint"))
        Citation.objects.create(record=record._meta.model_name, record_id=record.pk, **row)
