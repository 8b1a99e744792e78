"""What of department A the pages of what happened are tried on: rows of the table in test_access.py."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from officers.case_search import MODELS
from officers.models import (
    Allegation,
    CareerLink,
    Citation,
    Complaint,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    LicensePlate,
    Link,
    Officer,
    OfficerAlias,
    Penalty,
    Salary,
    Topic,
)
from tests import factories
from tests.officers.world import World

PLATE = "77-MARK"


def incident_of(world: World) -> Incident:
    made = Incident.objects.create(department=world.a, date=date(2024, 5, 1), is_published=True)
    made.officers.add(world.officer, world.hidden)
    made.license_plates.add(LicensePlate.objects.get_or_create(number=PLATE)[0])
    return made


def complaint_of(world: World) -> Complaint:
    """Of both officers, each named by the source too."""
    made = Complaint.objects.create(department=world.a, incident=incident_of(world), is_published=True)
    for who in (world.officer, world.hidden):
        accused = Allegation.objects.create(
            complaint=made, officer=who, accused_as=who.last_name, allegation="Force"
        )
        found = Finding.objects.create(allegation=accused, disposition="sustained")
        Penalty.objects.create(finding=found, penalty="Suspension", days=3, amount=Decimal("12.50"))
    return made


def lawsuit_of(world: World) -> Lawsuit:
    made = Lawsuit.objects.create(
        department=world.a, title="Roe v. Alder", amount=Decimal("1000"), is_published=True
    )
    for who in (world.officer, world.hidden):
        LawsuitParty.objects.create(lawsuit=made, role="defendant", officer=who, name=who.last_name)
    return made


def topic_of(world: World) -> Topic:
    """Everything of department A under one word, with the officer's pay and a link."""
    made, _ = Topic.objects.get_or_create(name="Force")
    made.officers.add(world.officer, world.hidden)
    made.incidents.add(incident_of(world))
    made.complaints.add(complaint_of(world))
    made.lawsuits.add(lawsuit_of(world))
    made.departments.add(world.a)
    Link.objects.create(url="https://a.example").officers.add(world.officer)
    Salary.objects.get_or_create(
        officer=world.officer, department=world.a, year=2024, defaults={"salary": Decimal("50000.25")}
    )
    return made


def secret_topic_of(world: World) -> Topic:
    """Only something hidden is under it."""
    made = Topic.objects.create(name="A secret")
    made.officers.add(world.hidden)
    made.incidents.add(Incident.objects.create(department=world.a))
    return made


def seen(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def add_one_of_each(where: Any, officer: Officer, number: int) -> dict[str, Any]:
    """Another of everything that a page can show about an officer, with another officer in it."""
    other = factories.officer(where, badge="1", rank="Sergeant", unit="North")
    factories.face(other, factories.photo(where))
    topic, _ = Topic.objects.get_or_create(name="Everything")
    made: dict[str, Any] = {"officer": officer, "topic": topic, "department": where}
    for kind, model in MODELS.items():
        fields = {"department": where, "is_published": True}
        if kind == "lawsuit":
            fields |= {"title": "Roe v. Alder", "amount": Decimal(1000)}
        made[kind] = model.objects.create(**fields)
        getattr(topic, f"{kind}s").add(made[kind])
    topic.officers.add(officer)
    made["incident"].officers.add(officer, other)
    made["incident"].license_plates.add(LicensePlate.objects.create(number=f"ABC{number}"))
    for who in (officer, other):
        accused = made["complaint"].allegations.create(officer=who, allegation="Force")
        accused.findings.create(disposition="sustained").penalties.create(penalty="Fine")
        made["lawsuit"].parties.create(officer=who, role="defendant")
    Salary.objects.create(officer=officer, department=where, year=2000 + number, salary=1)
    OfficerAlias.objects.create(officer=officer, name=f"Name {number}")
    link = Link.objects.create(url=f"https://a.example/{number}")
    link.officers.add(officer)
    link.incidents.add(made["incident"])
    CareerLink.objects.create(first=officer, second=other, confidence="possible")
    for record in made.values():
        Citation.objects.create(record=record._meta.model_name, record_id=record.pk, title=f"Paper {number}")
    return made
