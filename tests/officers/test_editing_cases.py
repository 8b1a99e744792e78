"""The pages of incidents, complaints, links, sources, careers and merges."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from officers.models import (
    Allegation,
    CareerLink,
    Citation,
    Complaint,
    Department,
    Incident,
    Link,
    Location,
    Officer,
    RecordChange,
    Topic,
)
from tests import factories
from tests.officers.keeping import add, change, client, keeper, where

pytestmark = pytest.mark.django_db
__all__ = ["client", "keeper", "where"]  # fixtures of this file


def test_a_complaint_down_to_its_penalty(client: Client, where: Department) -> None:
    officer = factories.officer(where, last_name="Gray")
    add(client, where, "complaint", record_number="C-1", received_on="2024-01-01")
    complaint = Complaint.objects.get()
    add(client, complaint, "allegation", accused="Gray", allegation="Unreasonable force")
    allegation = Allegation.objects.get()
    assert allegation.officer == officer
    add(client, allegation, "finding", disposition="sustained", found_by="The board")
    finding = allegation.findings.get()
    add(client, finding, "penalty", penalty="Suspension", days="10", amount="250.50")
    assert finding.penalties.get().amount == Decimal("250.50")
    page = client.get(reverse("record-history", args=["complaint", complaint.pk])).content
    assert all(words in page for words in (b"Unreasonable force", b"The board", b"Suspension"))


def test_what_it_is_about_and_its_topics_are_written_in_words(client: Client, where: Department) -> None:
    incident = Incident.objects.create(department=where, report_number="24-1")
    Incident.objects.create(department=factories.department(), report_number="24-2")
    Topic.objects.create(name="Pepper spray")
    assert add(client, where, "complaint", about="24-2").status_code == 400  # another department's
    assert add(client, where, "complaint", about="24-1", topic_names="pepper SPRAY\n\nNew").status_code == 302
    made = Complaint.objects.get()
    assert made.incident_id == incident.pk
    assert set(made.topics.values_list("name", flat=True)) == {"Pepper spray", "New"}
    change(client, made, topic_names="New")
    made.refresh_from_db()
    assert [topic.name for topic in made.topics.all()] == ["New"]
    assert made.incident_id == incident.pk
    change(client, made, about="")
    assert Complaint.objects.filter(incident=None).exists()
    edit = RecordChange.objects.filter(record="officers_complaint", operation="U").latest("pk")
    assert (
        client.post(reverse("record-undo", args=[edit.act])).status_code == 302
    )  # though topics are everybody's
    made.refresh_from_db()
    assert made.incident_id == incident.pk


def test_links_and_sources_hang_on_what_they_are_about(client: Client, where: Department) -> None:
    officer = factories.officer(where)
    assert add(client, officer, "link", url="javascript:alert(1)").status_code == 400
    assert (
        add(client, officer, "link", url="https://example.org/v", has_content_warning="on").status_code == 302
    )
    link = Link.objects.get()
    assert (list(link.officers.all()), link.has_content_warning) == ([officer], True)
    assert add(client, officer, "citation", field="race").status_code == 400
    assert add(client, officer, "citation", title="Roster of May", field="race").status_code == 302
    cited = Citation.objects.get()
    assert (cited.record, cited.record_id, cited.field) == ("officer", officer.pk, "race")


def test_two_careers_are_linked_on_a_page(client: Client, where: Department) -> None:
    here, there = factories.officer(where), factories.officer(factories.department(), last_name="Gray")
    assert (
        add(client, here, "careerlink", other="Gray", confidence="likely", why="Same year").status_code == 302
    )
    link = CareerLink.objects.get()
    assert (link.first, link.second, link.confidence) == (here, there, "likely")
    client.post(reverse("record-delete", args=["careerlink", link.pk]))
    assert not CareerLink.objects.exists()


def test_officers_are_merged_side_by_side_and_taken_apart(client: Client, where: Department) -> None:
    kept = factories.officer(where, first_name="Kim", last_name="Gray", badge="7")
    gone = factories.officer(where, first_name="Kim", last_name="Grey", badge="8", race="WHITE")
    address = reverse("officer-merge", args=[kept.pk])
    page = client.get(address, {"with": f"#{gone.pk}"})
    assert b"Grey" in page.content
    chosen = {"with": f"Kim Grey #{gone.pk}", "last_name": "kept", "race": "gone", "why": "Same photo"}
    assert client.post(address, chosen).status_code == 302
    kept.refresh_from_db()
    assert (kept.last_name, kept.race, kept.assignments.count()) == ("Gray", "WHITE", 2)
    client.post(reverse("officer-split", args=[kept.merges.get().pk]))
    assert Officer.objects.count() == 2
    assert client.get(address, {"with": "Nobody At All"}).status_code == 400


def test_an_incident_with_its_place_officers_and_plates(client: Client, where: Department) -> None:
    one, other = (
        factories.officer(where, last_name="Gray"),
        factories.officer(where, last_name="Brown", badge="77"),
    )
    typed = {
        "date": "2024-05-01",
        "time": "21:30",
        "street_name": "5th Avenue",
        "cross_street1": "Oak Street",
        "city": "Alder",
        "state": "OH",
        "zip_code": "44101",
        "officer_names": "Gray\n77",
        "plates": "ABC123 OH\nXYZ 9",
    }
    assert add(client, where, "incident", **typed).status_code == 302
    incident = Incident.objects.get()
    assert set(incident.officers.all()) == {one, other}
    assert sorted(map(str, incident.license_plates.all())) == ["ABC123 (OH)", "XYZ 9"]
    assert str(incident.location) == "5th Avenue at Oak Street, Alder, OH 44101"
    assert incident.happened_at is not None
    assert incident.happened_at.isoformat() == "2024-05-01T21:30:00-04:00"
    assert change(client, incident, officer_names="Gray", city="Birch").status_code == 302
    incident.refresh_from_db()
    assert (list(incident.officers.all()), incident.location and incident.location.city) == ([one], "Birch")
    assert Location.objects.filter(city="Alder").exists()  # a value that others may share is not edited


def test_no_street_number_is_kept_by_the_page_or_the_database(client: Client, where: Department) -> None:
    assert add(client, where, "incident", street_name="123 Main Street").status_code == 400
    for street in ("123 Main Street", "12b Oak", "  7 Elm"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Location.objects.create(street_name=street)
    for street in ("5th Avenue", "42nd Street", "8 Mile Road", "Highway 61"):
        Location.objects.create(street_name=street)


def test_who_is_meant_is_asked_when_two_have_the_name(client: Client, where: Department) -> None:
    one, _ = (factories.officer(where, last_name="Gray", first_name=name) for name in ("Kim", "Lee"))
    answer = add(client, where, "incident", officer_names="Gray")
    assert f"Kim Gray #{one.pk}" in answer.content.decode()
    assert add(client, where, "incident", officer_names=f"Kim Gray #{one.pk}").status_code == 302
    assert list(Incident.objects.get().officers.all()) == [one]
