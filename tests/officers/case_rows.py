"""What of department A the pages of incidents, complaints, lawsuits and topics are tried on: rows of the access table."""

from datetime import date
from decimal import Decimal

from officers.models import (
    Allegation,
    Complaint,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    LicensePlate,
    Link,
    Penalty,
    Salary,
    Topic,
)
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
