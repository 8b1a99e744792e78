"""Who may do what with the record: the table, the look-ups, and the weaknesses of others that we must not have."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from officers import records, rules
from officers.models import (
    Assignment,
    Certification,
    Citation,
    Complaint,
    Coordination,
    Department,
    Incident,
    Link,
    Note,
    Officer,
    Salary,
)
from officers.rules import Standing
from oversight.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db


class Town:
    """Departments A and B; an officer in each, one in both, and one who went from A to B."""

    def __init__(self) -> None:
        self.a, self.b = factories.department(), factories.department()
        self.of_a, self.of_b = factories.officer(self.a), factories.officer(self.b)
        self.of_both = factories.officer(self.a, self.b)
        self.moved = factories.officer(self.a, self.b)
        Assignment.objects.filter(officer=self.moved, department=self.a).update(end_date="2020-01-01")
        self.keeper_a, self.keeper_b = self.keeper(self.a), self.keeper(self.b)
        self.volunteer, self.admin = factories.user(), factories.user(User.Role.ADMIN)

    def keeper(self, *departments: Department) -> User:
        person = factories.user()
        for department in departments:
            Coordination.objects.create(user=person, department=department)
        return person

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client


@pytest.fixture
def town() -> Town:
    return Town()


def test_the_standing_of_everybody_to_officers(town: Town) -> None:
    kept = {
        name: [rules.standing(user, officer) for officer in (town.of_a, town.of_b, town.of_both, town.moved)]
        for name, user in (("a", town.keeper_a), ("b", town.keeper_b), ("volunteer", town.volunteer))
    }
    nobody, some, all_ = Standing.VOLUNTEER, Standing.KEEPER, Standing.SOLE_KEEPER
    assert kept == {
        "a": [all_, nobody, some, nobody],  # who moved to B is B's, though A keeps its own stint
        "b": [nobody, all_, some, some],
        "volunteer": [nobody] * 4,
    }
    both = town.keeper(town.a, town.b)
    assert [rules.standing(both, officer) for officer in (town.of_both, town.moved)] == [all_, all_]
    assert rules.standing(town.admin, town.of_b) == Standing.ADMIN
    User.objects.filter(pk=town.admin.pk).update(is_active=False)
    assert rules.standing(User.objects.get(pk=town.admin.pk), town.of_b) == Standing.VISITOR


def test_every_act_of_the_table_for_every_standing() -> None:
    """The table itself, spelled out: a change of it is a decision."""
    allowed = {act: [one.name for one in Standing if one >= least] for act, least in rules.LEAST.items()}
    keepers = ["KEEPER", "SOLE_KEEPER", "ADMIN"]
    everybody = ["VISITOR", "VOLUNTEER", *keepers]
    assert allowed == {
        "see what is public": everybody,
        "send a photo": everybody,
        "sort and tag photos": everybody[1:],
        "send a document": everybody[1:],
        "see drafts, notes and history": keepers,
        "add": keepers,
        "edit": keepers,
        "publish": keepers,
        "delete": ["SOLE_KEEPER", "ADMIN"],
        "merge": ["SOLE_KEEPER", "ADMIN"],
        "add a department": ["ADMIN"],
        "change people": ["ADMIN"],
        "allow matching": ["ADMIN"],
    }


def facts_of(department: Department, officer: Officer) -> list[Any]:
    """One record of most kinds in a department."""
    incident = Incident.objects.create(department=department)
    link = Link.objects.create(url="https://example.org")
    link.officers.add(officer)
    complaint = Complaint.objects.create(department=department)
    return [
        department,
        officer,
        officer.assignments.get(),
        incident,
        link,
        complaint,
        complaint.allegations.create(allegation="Force"),
        Salary.objects.create(officer=officer, department=department, year=2024, salary=1),
        Note.objects.create(officer=officer, department=department, text="Private words"),
        Certification.objects.create(officer=officer, state_id="OH", name="POST", value="1"),
        Citation.objects.create(record="officer", record_id=officer.pk, title="Roster"),
    ]


def test_a_coordinator_can_neither_find_nor_change_anything_of_another_department(town: Town) -> None:
    """W2: there, the number in the address of one's own officer opened everybody's records."""
    client = town.client(town.keeper_a)
    for record in facts_of(town.b, town.of_b):
        kind, pk = record._meta.model_name, record.pk
        before = type(record).objects.filter(pk=pk).values().get()
        for page in ("record", "record-edit", "record-delete", "record-history"):
            assert client.get(reverse(page, args=[kind, pk])).status_code == 404, (page, kind)
        for page in ("record-edit", "record-delete", "record-publish"):
            posted = client.post(
                reverse(page, args=[kind, pk]), {"version": 1, "salary": 999999, "text": "x"}
            )
            assert posted.status_code == 404, (page, kind)
        assert type(record).objects.filter(pk=pk).values().get() == before
        with pytest.raises(PermissionDenied):
            records.delete(record, by=town.keeper_a)
        assert not rules.may(town.keeper_a, "edit", record), kind


def test_the_same_acts_work_in_ones_own_department(town: Town) -> None:
    client = town.client(town.keeper_a)
    for record in facts_of(town.a, town.of_a):
        kind, pk = record._meta.model_name, record.pk
        assert client.get(reverse("record", args=[kind, pk])).status_code == 200, kind
        assert client.get(reverse("record-edit", args=[kind, pk])).status_code == 200, kind
        assert client.get(reverse("record-history", args=[kind, pk])).status_code == 200, kind
        assert rules.standing(town.keeper_a, record) == Standing.SOLE_KEEPER, kind


def test_a_foreign_fact_is_not_edited_through_a_shared_officer(town: Town) -> None:
    """W2 once more: an officer in two departments is no bridge between them."""
    theirs = Salary.objects.create(officer=town.of_both, department=town.b, year=2024, salary=1)
    client = town.client(town.keeper_a)
    assert client.get(reverse("record", args=["officer", town.of_both.pk])).status_code == 200
    assert client.get(reverse("record-edit", args=["salary", theirs.pk])).status_code == 404
    posted = client.post(
        reverse("record-add-below", args=["officer", town.of_both.pk, "salary"]),
        {"department": town.b.pk, "year": 2023, "salary": "5"},
    )
    assert posted.status_code == 400
    assert not Salary.objects.filter(department=town.b, year=2023).exists()
    assert client.get(reverse("record-delete", args=["officer", town.of_both.pk])).status_code == 403


def test_private_notes_are_private(town: Town) -> None:
    """W1: there, anybody read any note by counting. Here no page, list or API answer of others holds its words."""
    note = Note.objects.create(officer=town.of_both, department=town.a, text="Quite secret words")
    assert not Note.objects.public().exists()
    pages = [
        reverse("record", args=["note", note.pk]),
        reverse("record", args=["officer", town.of_both.pk]),
        reverse("record-history", args=["officer", town.of_both.pk]),
        reverse("recent-changes"),
        reverse("officer", args=[town.of_both.pk]),
        f"/api/v1/officers/{town.of_both.pk}/",
        "/api/v1/officers/",
        f"/officers/{town.of_both.pk}/notes/{note.pk}",
    ]
    for user in (None, town.volunteer, town.keeper_b):
        client = town.client(user) if user else Client()
        for page in pages:
            assert b"secret words" not in client.get(page).content, (user, page)
    keeper = town.client(town.keeper_a)
    assert all(b"secret words" in keeper.get(page).content for page in pages[:4])


def test_whoever_is_disabled_keeps_nothing(town: Town) -> None:
    User.objects.filter(pk=town.keeper_a.pk).update(is_active=False)
    person = User.objects.get(pk=town.keeper_a.pk)
    assert not Incident.objects.kept_by(person).exists()
    assert not Officer.objects.kept_by(person).exists()
    assert not rules.may(person, "edit", town.of_a)


def test_a_disabled_account_can_be_enabled_again(town: Town) -> None:
    """W19: there, no page could enable an account that was disabled."""
    User.objects.filter(pk=town.admin.pk).update(is_staff=True, is_superuser=True)
    client = town.client(User.objects.get(pk=town.admin.pk))
    page = reverse("admin:oversight_user_change", args=[town.volunteer.pk])
    for is_active in (False, True):
        typed = {"username": town.volunteer.username, "email": town.volunteer.email, "role": "volunteer"}
        assert client.post(page, typed | ({"is_active": "on"} if is_active else {})).status_code == 302
        assert User.objects.get(pk=town.volunteer.pk).is_active is is_active
    acts = AuditEvent.objects.filter(subject="user", subject_id=str(town.volunteer.pk)).order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["disabled an account", "enabled an account"]
