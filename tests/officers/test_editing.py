"""The pages on which the record is kept: what is typed is kept, saved once, told to the second editor, and undone."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from officers.models import (
    Assignment,
    Coordination,
    Department,
    Incident,
    Officer,
    RecordChange,
    Salary,
)
from oversight.models import User
from tests import factories
from tests.officers.keeping import add, change, client, keeper, where

pytestmark = pytest.mark.django_db
__all__ = ["client", "keeper", "where"]  # fixtures of this file


def test_an_officer_is_added_with_the_departments_number_and_a_badge(
    client: Client, where: Department
) -> None:
    """W16: there, the number that was typed was dropped without a word."""
    typed = {
        "first_name": "Kim",
        "last_name": "Gray",
        "internal_id": "A-17",
        "badge_number": "7",
        "why": "Roster",
    }
    assert add(client, where, "officer", **typed).status_code == 302
    officer = Officer.objects.get(last_name="Gray")
    assert (officer.internal_id, officer.is_published) == ("A-17", False)
    assert officer.assignments.get().badge_number == "7"
    made = RecordChange.objects.get(record="officers_officer", row_id=officer.pk)
    assert (made.why, made.actor_id) == ("Roster", Coordination.objects.get().user_id)


def test_a_draft_is_public_only_when_somebody_publishes_it(client: Client, where: Department) -> None:
    add(client, where, "incident", description="Something happened.")
    incident = Incident.objects.get()
    assert not Incident.objects.public().exists()
    drafts = client.get(reverse("record-drafts")).content.decode()
    assert reverse("record", args=["incident", incident.pk]) in drafts
    client.post(reverse("record-publish", args=["incident", incident.pk]), {"publish": "yes"})
    assert Incident.objects.public().exists()
    client.post(reverse("record-publish", args=["department", where.pk]), {"publish": "no"})
    assert not Incident.objects.public().exists()


def test_money_is_kept_to_the_cent_and_unknown_overtime_is_not_zero(
    client: Client, where: Department
) -> None:
    """W25: there, money was a float, cut to whole dollars by an update, and unknown overtime broke the page."""
    officer = factories.officer(where)
    add(client, officer, "salary", department=where.pk, year=2024, salary="100000.10", overtime_pay="")
    pay = Salary.objects.get()
    assert (pay.salary, pay.overtime_pay, pay.total_pay) == (Decimal("100000.10"), None, Decimal("100000.10"))
    assert change(client, pay, overtime_pay="0.20").status_code == 302
    pay.refresh_from_db()
    assert (pay.salary, pay.total_pay) == (Decimal("100000.10"), Decimal("100000.30"))


def test_what_was_typed_stays_when_it_is_wrong(client: Client, where: Department) -> None:
    officer = factories.officer(where)
    answer = add(client, officer, "salary", department=where.pk, year="1066", salary="12,5x")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "1066" in page
    assert "12,5x" in page
    Salary.objects.create(officer=officer, department=where, year=2024, salary=1)
    again = add(client, officer, "salary", department=where.pk, year="2024", salary="3")
    assert again.status_code == 400
    assert Salary.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["Call 312 555 0188", "Write to kim@example.org", "Lives at 12 Oak Street", "SSN 123-45-6789"]
)
def test_private_details_are_refused_in_every_free_text(client: Client, where: Department, text: str) -> None:
    officer = factories.officer(where)
    assert add(client, officer, "note", department=where.pk, text=text).status_code == 400
    assert add(client, officer, "description", department=where.pk, text=text).status_code == 400
    assert add(client, where, "incident", description=text).status_code == 400
    assert not officer.notes.exists()
    assert not Incident.objects.exists()


def test_the_second_editor_is_told_and_nothing_is_overwritten(client: Client, where: Department) -> None:
    officer = factories.officer(where, first_name="Kim", last_name="Gray")
    address = reverse("record-edit", args=["officer", officer.pk])
    opened = client.get(address).context["form"]
    mine = {name: opened[name].value() or "" for name in opened.fields}
    other, theirs = factories.user(User.Role.ADMIN), Client()
    theirs.force_login(other)
    assert change(theirs, officer, last_name="Grey", race="WHITE", why="Payroll").status_code == 302
    answer = client.post(address, mine | {"last_name": "Green", "birth_year": "1980"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert all(words in page for words in (other.username, "Payroll", "Grey", "Green"))
    officer.refresh_from_db()
    assert (officer.last_name, officer.race, officer.birth_year) == ("Grey", "WHITE", None)
    merged = answer.context["form"]
    offered = {name: merged[name].value() for name in merged.fields}
    assert (offered["last_name"], offered["race"], offered["birth_year"]) == ("Green", "WHITE", "1980")
    assert client.post(address, {k: v for k, v in offered.items() if v is not None}).status_code == 302
    officer.refresh_from_db()
    assert (officer.last_name, officer.race, officer.birth_year) == ("Green", "WHITE", 1980)


def test_a_deleted_record_comes_back_with_one_press(client: Client, where: Department) -> None:
    officer = factories.officer(where, last_name="Gray", badge="7")
    answer = client.post(reverse("record-delete", args=["officer", officer.pk]), {"why": "Twice"})
    assert not Officer.objects.exists()
    page = client.get(answer["Location"])
    assert b"Take all of it back" in page.content
    act = answer["Location"].rstrip("/").split("/")[-1]
    client.post(reverse("record-undo", args=[act]))
    assert Officer.objects.get().assignments.get().badge_number == "7"


def test_one_change_is_taken_back_by_the_rules_of_an_edit(client: Client, where: Department) -> None:
    officer = factories.officer(where, last_name="Gray")
    change(client, officer, last_name="Grey")
    kept = RecordChange.objects.get(record="officers_officer", row_id=officer.pk, operation="U")
    client.post(reverse("record-revert", args=[kept.pk]))
    officer.refresh_from_db()
    assert officer.last_name == "Gray"
    answer = client.post(reverse("record-revert", args=[kept.pk]), follow=True)
    assert b"has changed some of it since" in answer.content
    officer.refresh_from_db()
    assert officer.last_name == "Gray"


def test_a_revert_does_not_bring_back_what_would_be_refused_today(client: Client, where: Department) -> None:
    incident = Incident.objects.create(department=where, description="Call 312 555 0188")
    assert change(client, incident, description="A call").status_code == 302
    kept = RecordChange.objects.get(record="officers_incident", row_id=incident.pk, operation="U")
    answer = client.post(reverse("record-revert", args=[kept.pk]), follow=True)
    assert b"a phone number" in answer.content
    incident.refresh_from_db()
    assert incident.description == "A call"


def test_a_rank_in_use_is_not_deleted(client: Client, where: Department) -> None:
    rank = factories.officer(where, rank="Sergeant").assignments.get().rank
    assert rank is not None
    answer = client.post(reverse("record-delete", args=["rank", rank.pk]), follow=True)
    assert b"still used by assignments" in answer.content
    rank.refresh_from_db()


def test_a_department_with_a_record_is_hidden_and_not_deleted(client: Client, where: Department) -> None:
    factories.officer(where)
    answer = client.post(reverse("record-delete", args=["department", where.pk]), follow=True)
    assert b"still used by" in answer.content
    assert Department.objects.filter(pk=where.pk).exists()


def test_a_stint_names_ranks_that_the_department_has(client: Client, where: Department) -> None:
    officer = factories.officer(where, rank="Sergeant")
    wrong = add(client, officer, "assignment", department=where.pk, rank_name="Admiral")
    assert b"It has: Sergeant." in wrong.content
    right = {
        "rank_name": "sergeant",
        "start_date": "2020-01-01",
        "end_date": "2021-01-01",
        "separation": "retired",
    }
    assert add(client, officer, "assignment", department=where.pk, **right).status_code == 302
    stint = Assignment.objects.get(separation="retired")
    assert stint.rank is not None
    assert (stint.rank.name, str(stint.end_date)) == ("Sergeant", "2021-01-01")
    backwards = {"start_date": "2021-01-01", "end_date": "2020-01-01"}
    assert add(client, officer, "assignment", department=where.pk, **backwards).status_code == 400


def test_the_pages_ask_the_database_a_fixed_number_of_times(
    client: Client, where: Department, django_assert_max_num_queries: Any
) -> None:
    officer = factories.officer(where)
    for year in range(2000, 2024):
        Salary.objects.create(officer=officer, department=where, year=year, salary=year)
        Assignment.objects.create(officer=officer, department=where)
    with django_assert_max_num_queries(24):
        client.get(reverse("record", args=["officer", officer.pk]))
    with django_assert_max_num_queries(16):
        client.get(reverse("record-history", args=["officer", officer.pk]))
    with django_assert_max_num_queries(20):
        client.get(reverse("recent-changes"))


def test_the_second_editor_is_told_who_was_added_to_an_incident(client: Client, where: Department) -> None:
    factories.officer(where, last_name="Gray")
    incident = Incident.objects.create(department=where, report_number="R-1")
    address = reverse("record-edit", args=["incident", incident.pk])
    opened = client.get(address).context["form"]
    mine = {name: opened[name].value() or "" for name in opened.fields}
    assert change(client, incident, officer_names="Gray").status_code == 302
    answer = client.post(address, mine | {"report_number": "R-2"})
    assert answer.status_code == 409
    assert b"Gray" in answer.content
    assert incident.officers.count() == 1
