"""What the database itself refuses of the record, whoever writes it; and what is public of it."""

import re
from datetime import date, time
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from officers.models import (
    Allegation,
    CareerLink,
    Complaint,
    Document,
    Finding,
    Incident,
    LegacyId,
    LicensePlate,
    Link,
    Location,
    OfficerAlias,
    Salary,
    Topic,
)
from officers.models.base import Recorded
from tests import factories

pytestmark = pytest.mark.django_db


def refused(make: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def choice_fields() -> list[Any]:
    return [
        field
        for model in apps.get_app_config("officers").get_models()
        if issubclass(model, Recorded)
        for field in model._meta.concrete_fields
        if field.choices
    ]


@pytest.mark.parametrize("field", choice_fields(), ids=str)
def test_the_database_knows_the_same_choices_as_the_forms(field: Any) -> None:
    column = f'"{field.column}"'
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            [field.model._meta.db_table],
        )
        checks = [words for (words,) in cursor.fetchall() if f"{field.column})::text = ANY" in words]
    assert len(checks) == 1, column
    known = set(re.findall(r"'([^']*)'::character varying", checks[0]))
    assert known - {""} == {value for value, _ in field.flatchoices} - {""}
    assert ("" in known) == (field.blank or "" in dict(field.flatchoices))


def test_links_lead_to_the_web_and_nowhere_else() -> None:
    for url in ("javascript:alert(1)", "ftp://example.org", "", "https://", "https://a b"):
        refused(lambda url=url: Link.objects.create(url=url))
        with pytest.raises(ValidationError):
            Link(url=url).full_clean()
    Link.objects.create(url="HTTPS://example.org/a?b=c")


def test_rows_that_would_say_a_thing_twice_are_refused() -> None:
    where = factories.department()
    officer, other = factories.officer(where), factories.officer(where)
    pay: dict[str, Any] = {"officer": officer, "department": where, "year": 2024, "salary": 1}
    Salary.objects.create(**pay)
    refused(lambda: Salary.objects.create(**pay))
    Salary.objects.create(**pay, is_fiscal_year=True)
    refused(lambda: Salary.objects.create(**(pay | {"year": 2023, "salary": -1})))
    refused(lambda: Salary.objects.create(**(pay | {"year": 1066})))
    OfficerAlias.objects.create(officer=officer, name="Gray")
    refused(lambda: OfficerAlias.objects.create(officer=officer, name="Gray"))
    refused(lambda: CareerLink.objects.create(first=other, second=officer, confidence="likely"))
    Topic.objects.create(name="Taser")
    refused(lambda: Topic.objects.create(name="TASER"))
    LicensePlate.objects.create(number="ABC")
    refused(lambda: LicensePlate.objects.create(number="ABC"))
    known = {"source": "x", "table": "officers", "legacy_id": "1", "record": "officer"}
    LegacyId.objects.create(**known, record_id=officer.pk)
    refused(lambda: LegacyId.objects.create(**known, record_id=other.pk))


def test_places_and_plates_are_replaced_and_never_edited() -> None:
    place, plate = Location.objects.create(city="Alder"), LicensePlate.objects.create(number="ABC")
    refused(lambda: Location.objects.filter(pk=place.pk).update(city="Birch"))
    refused(lambda: LicensePlate.objects.filter(pk=plate.pk).update(number="XYZ"))


def test_no_document_is_public_before_a_review() -> None:
    where = factories.department()
    refused(
        lambda: Document.objects.create(
            department=where, title="x", sha256="a" * 64, size=1, review_state="approved"
        )
    )
    Document.objects.create(department=where, title="x", sha256="a" * 64, size=1)
    assert not Document.objects.public().exists()
    Document.objects.update(review_state="approved", reviewed_at="2024-01-01T00:00Z")
    assert Document.objects.public().exists()


def test_an_incident_happens_at_a_moment_of_its_departments_clock() -> None:
    incident = Incident(department=factories.department(state="CA"), date=date(2024, 1, 5), time=time(23, 30))
    assert incident.happened_at is not None
    assert incident.happened_at.isoformat() == "2024-01-05T23:30:00-08:00"
    incident.department.time_zone = "America/Denver"
    assert incident.happened_at.isoformat() == "2024-01-05T23:30:00-07:00"
    assert Incident(department=incident.department, time=time(1)).happened_at is None


def test_what_hangs_on_something_hidden_is_hidden_with_it() -> None:
    where, other = factories.department(), factories.department(is_published=False)
    shown, hidden = factories.officer(where), factories.officer(where, is_published=False)
    link, dark = Link.objects.create(url="https://a.org"), Link.objects.create(url="https://b.org")
    link.officers.add(shown)
    dark.officers.add(hidden)
    assert list(Link.objects.public()) == [link]
    for officer, department in ((shown, where), (hidden, where), (shown, other)):
        Salary.objects.create(officer=officer, department=department, year=2024, salary=1)
        OfficerAlias.objects.create(officer=officer, name=f"of {department.pk}")
    assert Salary.objects.public().count() == 1
    assert {alias.officer for alias in OfficerAlias.objects.public()} == {shown}
    complaint = Complaint.objects.create(department=where)
    allegation = Allegation.objects.create(complaint=complaint, allegation="Force")
    Finding.objects.create(allegation=allegation)
    assert not Finding.objects.public().exists()
    Complaint.objects.update(is_published=True)
    assert Finding.objects.public().exists()


def test_every_foreign_key_of_the_record_has_an_index() -> None:
    without = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("officers").get_models(include_auto_created=True)
        if issubclass(model, Recorded) or model._meta.auto_created
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and not getattr(field, "db_index", True)
        and field.name not in _begun_with(model)
    ]
    assert without == []


def _begun_with(model: type[models.Model]) -> set[str]:
    """The fields with which an index over all rows begins."""
    return {index.fields[0] for index in model._meta.indexes if index.fields and index.condition is None}
