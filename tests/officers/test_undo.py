"""An act of the history is taken back as a whole, exactly, and never over somebody's later work."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from officers import undo
from officers.models import (
    Assignment,
    Citation,
    Department,
    Incident,
    LicensePlate,
    Link,
    Note,
    Officer,
    Salary,
)
from officers.problems import NotPossible
from oversight.acting import changing
from tests import factories

pytestmark = pytest.mark.django_db


def everything_of(officer: Officer) -> list[Any]:
    """All rows about an officer, as the database has them, without versions."""
    rows: list[Any] = []
    for table, column in (
        ("officer", "id"),
        ("assignment", "officer_id"),
        ("salary", "officer_id"),
        ("note", "officer_id"),
        ("face", "officer_id"),
        ("incident_officers", "officer_id"),
        ("link_officers", "officer_id"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT to_jsonb(t) - '{{version,updated_at}}'::text[] FROM officers_{table} t"  # noqa: S608
                f" WHERE {column} = %s ORDER BY id",
                [officer.pk],
            )
            rows += [(table, json.loads(row)) for (row,) in cursor.fetchall()]
    return rows


def rich_officer(where: Department) -> Officer:
    officer = factories.officer(where, badge="7", rank="Sergeant", last_name="Gray", birth_year=1980)
    Salary.objects.create(officer=officer, department=where, year=2024, salary=Decimal("50000.10"))
    Note.objects.create(officer=officer, department=where, text="Ask the union")
    incident = Incident.objects.create(department=where, date=date(2024, 5, 1))
    incident.officers.add(officer)
    incident.license_plates.add(LicensePlate.objects.create(number="ABC123"))
    Link.objects.create(url="https://example.org/a").officers.add(officer)
    factories.face(officer, factories.photo(where), published=False)
    return officer


def test_a_deleted_officer_comes_back_with_everything() -> None:
    where, person = factories.department(), factories.user()
    officer = rich_officer(where)
    before = everything_of(officer)
    assert len(before) == 7
    with changing(by=person) as act:
        officer.delete()
    assert not Officer.objects.filter(pk=officer.pk).exists()
    officer = Officer(pk=before[0][1]["id"])
    assert everything_of(officer) == []
    undo.undo(act=act, by=person)
    assert everything_of(officer) == before


def test_an_undone_act_can_be_done_again() -> None:
    where, person = factories.department(), factories.user()
    officer = rich_officer(where)
    before = everything_of(officer)
    with changing(by=person) as act:
        Officer.objects.filter(pk=officer.pk).update(last_name="Grey", birth_year=None)
        Officer.objects.filter(pk=officer.pk).update(last_name="Green")
        Salary.objects.create(officer=officer, department=where, year=2023, salary=1)
        Assignment.objects.filter(officer=officer).delete()
    after = everything_of(officer)
    back = undo.undo(act=act, by=person)
    assert everything_of(officer) == before
    undo.undo(act=back, by=person)
    assert everything_of(officer) == after


def test_an_act_is_not_undone_over_later_work() -> None:
    person, other, officer = factories.user(), factories.user(), factories.officer(last_name="Gray")
    with changing(by=person) as act:
        Officer.objects.filter(pk=officer.pk).update(last_name="Grey")
    with changing(by=other):
        Officer.objects.filter(pk=officer.pk).update(birth_year=1980)
    undo.undo(act=act, by=person)  # another field: nothing is lost
    officer.refresh_from_db()
    assert (officer.last_name, officer.birth_year) == ("Gray", 1980)
    with changing(by=person) as act:
        Officer.objects.filter(pk=officer.pk).update(last_name="Grey")
    with changing(by=other):
        Officer.objects.filter(pk=officer.pk).update(last_name="Green")
    with pytest.raises(NotPossible, match=other.username):
        undo.undo(act=act, by=person)
    officer.refresh_from_db()
    assert officer.last_name == "Green"


def test_undo_says_so_when_something_else_has_the_place_now() -> None:
    where, person = factories.department(), factories.user()
    officer = factories.officer(where)
    pay = Salary.objects.create(officer=officer, department=where, year=2024, salary=1)
    with changing(by=person) as act:
        pay.delete()
    Salary.objects.create(officer=officer, department=where, year=2024, salary=2)
    with pytest.raises(NotPossible, match="something else has its place"):
        undo.undo(act=act, by=person)
    with changing(by=person) as act:
        made = factories.officer()
    Citation.objects.create(record="officer", record_id=made.pk, title="x")
    Salary.objects.create(officer=made, department=where, year=2024, salary=2)
    with pytest.raises(NotPossible, match="added to it since"):
        undo.undo(act=act, by=person)


def test_a_photo_that_was_erased_meanwhile_does_not_come_back_with_its_officer() -> None:
    where, person = factories.department(), factories.user()
    officer = rich_officer(where)
    face = officer.faces.get()
    with changing(by=person) as act:
        officer.delete()
    face.photo.delete()
    undo.undo(act=act, by=person)
    restored = Officer.objects.get(faces=None, last_name="Gray")
    assert (restored.faces.count(), restored.salaries.count()) == (0, 1)


def test_the_ratchet_does_not_turn_back() -> None:
    person, illinois = factories.user(), factories.department(state="IL")
    officer = factories.officer(factories.department())
    with changing(by=person) as act:
        Assignment.objects.create(officer=officer, department=illinois)
    undo.undo(act=act, by=person)
    officer.refresh_from_db()
    assert officer.ever_prohibited
    assert not officer.assignments.filter(department=illinois).exists()
    with changing(by=person) as act:
        officer.delete()
    undo.undo(act=act, by=person)
    assert Officer.objects.get(last_name=officer.last_name).ever_prohibited
