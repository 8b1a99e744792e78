"""What the guard does for a whole statement it does for each of its rows: marks turn, and what was measured goes."""

import psycopg
import pytest
from django.db import connection

from officers.models import Assignment, Officer
from tests import factories
from tests.recognition.guard_world import World
from tests.recognition.test_guard_doors import assign, raw
from tests.stack import Stack


def marked(*officers: Officer) -> list[bool]:
    return [Officer.objects.get(pk=officer.pk).ever_prohibited for officer in officers]


@pytest.mark.plugin
@pytest.mark.django_db
def test_one_statement_closes_the_doors_of_those_it_concerns_and_no_others() -> None:
    leaving, staying = World.make().enrol(), World.make().enrol()
    crowd = [factories.officer(staying.department) for _ in range(20)]
    illinois, elsewhere = factories.department(state="IL"), factories.department(state="OH", allowed=True)
    rows = [(officer.pk, elsewhere.pk) for officer in crowd]
    rows += [
        (crowd[3].pk, illinois.pk),
        (leaving.officer.pk, illinois.pk),
        (staying.officer.pk, elsewhere.pk),
    ]
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(
            "COPY officers_assignment (officer_id, department_id, badge_number) FROM STDIN"
        ) as copy,
    ):
        for officer, department in rows:
            copy.write_row((officer, department, ""))
    assert marked(leaving.officer, *crowd) == [True, *(officer == crowd[3] for officer in crowd)]
    assert leaving.measured() == (0, 0)
    assert staying.measured() == (1, 1)


@pytest.mark.django_db
def test_a_mark_passes_through_several_hands_in_one_statement() -> None:
    """guard-08: the stints of three officers are each handed to the next; the first was in Illinois."""
    department = factories.department(state="OH")
    first, second, third, other = (factories.officer(department) for _ in range(4))
    Assignment.objects.create(officer=first, department=factories.department(state="IL")).delete()
    raw(
        "UPDATE officers_assignment SET officer_id = CASE officer_id WHEN %s THEN %s::bigint ELSE %s::bigint END"
        " WHERE officer_id IN (%s, %s)",
        *(first.pk, second.pk, third.pk, first.pk, second.pk),
    )
    assert marked(first, second, third, other) == [True, True, True, False]


def test_stints_that_are_deleted_at_once_leave_their_marks(stack: Stack) -> None:
    """A prohibition began by the calendar, and nobody has turned the marks yet."""
    there, here = (factories.officer(factories.department(state=state)) for state in ("TX", "OH"))
    root = stack.connect("superuser")
    root.execute("ALTER TABLE officers_prohibitedplace DISABLE TRIGGER USER")
    root.execute(
        "INSERT INTO officers_prohibitedplace (state_id, county, city, valid_from, source, reviewed_by, reviewed_on)"
        " VALUES ('TX', '', '', current_date - 1, '', '', current_date)"
    )
    root.commit()
    assert marked(there, here) == [False, False]
    Assignment.objects.filter(officer__in=[there, here]).delete()
    assert marked(there, here) == [True, False]


@pytest.mark.plugin
def test_rows_that_are_replayed_one_by_one_are_guarded_too(stack: Stack) -> None:
    """guard-23: logical replication fires triggers of rows only, so those of statements are put aside here."""
    world = World.make().enrol()
    illinois = factories.department(state="IL")
    root = stack.connect("superuser")
    for name in ("gate_ratchet", "gate_purge"):
        for change in ("", "_moved", "_gone"):
            root.execute(f"ALTER TABLE officers_assignment DISABLE TRIGGER {name}{change}".encode())
    root.execute("SET session_replication_role = replica")
    _assign_by(root, world.officer.pk, illinois.pk)
    root.commit()
    assert marked(world.officer) == [True]
    assert world.measured() == (0, 0)


def _assign_by(root: psycopg.Connection, officer: int, department: int) -> None:
    root.execute(
        "INSERT INTO officers_assignment (officer_id, department_id, badge_number, status, separation,"
        " separation_note, created_at, updated_at, version) VALUES (%s, %s, '', '', '', '', now(), now(), 1)",
        [officer, department],
    )


@pytest.mark.plugin
@pytest.mark.django_db
def test_a_stint_that_is_handed_over_takes_what_was_measured_of_either() -> None:
    giver, taker = World.make().enrol(), World.make().enrol()
    assign(giver, "OH").delete()  # where matching is not allowed, for a moment
    assert giver.measured() == (0, 0)
    assert taker.measured() == (1, 1)
    raw(
        "UPDATE officers_assignment SET officer_id = %s WHERE officer_id = %s",
        giver.officer.pk,
        taker.officer.pk,
    )
    assert taker.measured() == (0, 0), "whoever has no stint is allowed nowhere"
