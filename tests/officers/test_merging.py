"""Two rows of one officer become one, with everything; and two again, exactly as they were."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from officers import history, merging
from officers.models import (
    Assignment,
    CareerLink,
    Certification,
    Citation,
    Coordination,
    Department,
    Face,
    Incident,
    LegacyId,
    Link,
    Officer,
    OfficerMerge,
    Salary,
)
from officers.problems import NotPossible
from oversight.models import User
from tests import factories

pytestmark = pytest.mark.django_db

NOT_COMPARED = {"officers_recordchange"}


def whole_record() -> dict[str, list[Any]]:
    """Every row of every table that is tracked, without versions."""
    rows: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'history_update'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT to_jsonb(t) - '{{version,updated_at}}'::text[] FROM {table} t ORDER BY id"  # noqa: S608
            )
            rows[table] = cursor.fetchall()
    return rows


@pytest.fixture
def where() -> Department:
    return factories.department()


@pytest.fixture
def admin() -> User:
    return factories.user(User.Role.ADMIN)


def two(where: Department) -> tuple[Officer, Officer]:
    """One person twice: with pay, an incident, a photo, a link and a source each, some of them the same."""
    kept = factories.officer(where, badge="7", first_name="Kim", last_name="Gray", birth_year=1980)
    gone = factories.officer(where, badge="8", first_name="Kim", last_name="Grey", race="WHITE")
    shared = Incident.objects.create(department=where, date=date(2024, 5, 1))
    shared.officers.add(kept, gone)
    alone = Incident.objects.create(department=where, date=date(2024, 6, 1))
    alone.officers.add(gone)
    Salary.objects.create(officer=kept, department=where, year=2024, salary=Decimal(100))
    Salary.objects.create(officer=gone, department=where, year=2024, salary=Decimal(200))
    Salary.objects.create(officer=gone, department=where, year=2023, salary=Decimal(90))
    Certification.objects.create(officer=gone, state_id="OH", name="POST", value="A1")
    Link.objects.create(url="https://example.org/a").officers.add(gone)
    Citation.objects.create(record="officer", record_id=gone.pk, title="Roster")
    LegacyId.objects.create(source="oo", table="officers", legacy_id="9", record="officer", record_id=gone.pk)
    photo = factories.photo(where)
    factories.face(kept, photo, published=False)
    factories.face(gone, photo, published=False)
    factories.face(gone, factories.photo(where), published=False)
    third = factories.officer(where)
    CareerLink.objects.create(first=gone, second=third, confidence="likely")
    return kept, gone


def test_a_merge_moves_everything_once_and_keeps_the_other_name(where: Department, admin: User) -> None:
    kept, gone = two(where)
    merging.merge(
        kept=kept, gone=gone, chosen={"last_name": "Grey", "race": "WHITE"}, by=admin, why="Same badge"
    )
    kept.refresh_from_db()
    assert (kept.last_name, kept.race, kept.birth_year) == ("Grey", "WHITE", 1980)
    assert [alias.name for alias in kept.aliases.all()] == ["Kim Gray"]
    assert sorted(kept.assignments.values_list("badge_number", flat=True)) == ["7", "8"]
    assert list(kept.salaries.values_list("year", "salary")) == [(2024, Decimal(100)), (2023, Decimal(90))]
    assert (kept.incidents.count(), kept.faces.count(), kept.links.count()) == (2, 2, 1)
    assert (kept.certifications.count(), kept.career_links.count()) == (1, 1)
    assert Citation.objects.get().record_id == kept.pk
    assert LegacyId.objects.get().record_id == str(kept.pk)
    assert not Officer.objects.filter(pk=gone.pk).exists()


def test_taken_apart_the_record_is_row_for_row_what_it_was(where: Department, admin: User) -> None:
    kept, gone = two(where)
    before = whole_record()
    merged = merging.merge(kept=kept, gone=gone, chosen={"last_name": "Grey"}, by=admin)
    assert whole_record() != before
    merging.split(merged=merged, by=admin)
    assert whole_record() == before
    assert not OfficerMerge.objects.exists()


def test_after_later_work_a_merge_is_not_undone(where: Department, admin: User) -> None:
    kept, gone = two(where)
    merged = merging.merge(kept=kept, gone=gone, chosen={"last_name": "Grey"}, by=admin)
    Officer.objects.filter(pk=kept.pk).update(last_name="Green")
    with pytest.raises(NotPossible):
        merging.split(merged=merged, by=admin)
    assert Officer.objects.filter(pk=gone.pk).count() == 0


@pytest.mark.parametrize("forbidden", ["kept", "gone"])
def test_who_was_ever_forbidden_to_compare_stays_so_merged_and_apart(admin: User, forbidden: str) -> None:
    ohio, illinois = factories.department(), factories.department(state="IL")
    places = {"kept": ohio, "gone": ohio, forbidden: illinois}
    kept, gone = factories.officer(places["kept"]), factories.officer(places["gone"])
    Assignment.objects.filter(department=illinois).delete()  # only the ratchet remembers
    photo = factories.photo(ohio)
    factories.face(gone, photo, published=False)
    merged = merging.merge(kept=kept, gone=gone, chosen={}, by=admin)
    kept.refresh_from_db()
    photo.refresh_from_db()
    assert kept.ever_prohibited
    assert photo.ever_prohibited
    merging.split(merged=merged, by=admin)
    assert {o.pk: o.ever_prohibited for o in Officer.objects.all()}[
        {"kept": kept, "gone": gone}[forbidden].pk
    ]


def test_only_who_keeps_every_department_of_both_merges_them(where: Department) -> None:
    other, person = factories.department(), factories.user()
    Coordination.objects.create(user=person, department=where)
    mine, shared = factories.officer(where), factories.officer(where, other)
    with pytest.raises(PermissionDenied):
        merging.merge(kept=mine, gone=shared, chosen={}, by=person)
    Coordination.objects.create(user=person, department=other)
    merging.merge(kept=mine, gone=shared, chosen={}, by=person)
    assert mine.assignments.count() == 3


def test_an_officer_is_not_merged_with_themselves(where: Department, admin: User) -> None:
    officer = factories.officer(where)
    with pytest.raises(NotPossible):
        merging.merge(kept=officer, gone=officer, chosen={}, by=admin)


def test_a_merge_costs_the_same_however_much_hangs_on_the_officers(
    where: Department, admin: User, django_assert_max_num_queries: Any
) -> None:
    kept, gone = two(where)
    for year in range(1990, 2020):
        Salary.objects.create(officer=gone, department=where, year=year, salary=1)
        Incident.objects.create(department=where).officers.add(gone)
    with django_assert_max_num_queries(130):
        merging.merge(kept=kept, gone=gone, chosen={}, by=admin)
    assert kept.salaries.count() == 32


def test_careers_are_linked_and_unlinked_without_touching_the_officers(
    where: Department, admin: User
) -> None:
    here, there = factories.officer(where), factories.officer(factories.department())
    before = [
        history.of_record(one, seen_by=admin).filter(record="officers_officer").count()
        for one in (here, there)
    ]
    link = merging.link_careers(
        one=there, other=here, confidence="possible", by=admin, why="Same name and year"
    )
    assert (link.first, link.second, link.confidence) == (here, there, "possible")
    again = merging.link_careers(
        one=here, other=there, confidence="certain", by=admin, why="Same certificate"
    )
    assert (again.pk, CareerLink.objects.get().confidence) == (link.pk, "certain")
    after = [
        history.of_record(one, seen_by=admin).filter(record="officers_officer").count()
        for one in (here, there)
    ]
    assert after == before


def test_careers_are_linked_by_who_keeps_one_of_the_two(where: Department) -> None:
    person, stranger = factories.user(), factories.user()
    Coordination.objects.create(user=person, department=where)
    here, there = factories.officer(where), factories.officer(factories.department())
    merging.link_careers(one=there, other=here, confidence="likely", by=person)
    with pytest.raises(PermissionDenied):
        merging.link_careers(one=there, other=here, confidence="certain", by=stranger)


def test_faces_of_both_are_heard_of_again(where: Department, admin: User) -> None:
    from officers.signals import face_reviewed

    heard: list[int] = []

    def hear(face: Face, **_: Any) -> None:
        heard.append(face.pk)

    kept, gone = two(where)
    face_reviewed.connect(hear)
    merging.merge(kept=kept, gone=gone, chosen={}, by=admin)
    face_reviewed.disconnect(hear)
    assert sorted(heard) == sorted(kept.faces.values_list("pk", flat=True))
