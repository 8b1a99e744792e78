"""A door that closes takes what was measured with it, in the same transaction; ratchets turn one way only.

Everything here is done as the app's database role, on one connection, by the ORM or by plain SQL.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from officers import departments, tagging
from officers.models import Assignment, DepartmentState, PhotoFiling
from officers.submissions import forget
from recognition.models import Candidate
from tests import factories
from tests.recognition.guard_world import World, bare_photo

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
Act = Callable[[World], object]
YESTERDAY = -timedelta(days=1)


def change(row: Model, **fields: object) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


def raw(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [str(value) for value in parameters])


def assign(world: World, state: str, *, allowed: bool = False) -> Assignment:
    where = factories.department(state=state, allowed=allowed)
    return Assignment.objects.create(officer=world.officer, department=where)


def tag_prohibited_colleague(world: World) -> None:
    factories.face(factories.officer(factories.department(state="IL")), world.photo)


def colleague_becomes_prohibited(world: World) -> None:
    colleague = factories.officer(world.department)
    factories.face(colleague, world.photo)
    Assignment.objects.create(officer=colleague, department=factories.department(state="IL"))


DOORS: dict[str, Act] = {
    "the flag is switched off": lambda w: change(w.department, is_facial_recognition_allowed=False),
    "an admin forbids it": lambda w: departments.forbid_matching(
        department=w.department, by=factories.user("admin")
    ),
    "the flag is switched off in SQL": lambda w: raw(
        "UPDATE officers_department SET is_facial_recognition_allowed = false WHERE id = %s", w.department.pk
    ),
    "the review is dated back": lambda w: change(
        w.department, recognition_review_due=timezone.now().date() + YESTERDAY
    ),
    "the department turns out to be in Illinois": lambda w: change(w.department, state="IL"),
    "the department works in Illinois too": lambda w: DepartmentState.objects.create(
        department=w.department, state_id="IL"
    ),
    "all departments are set to Illinois": lambda _: raw("UPDATE officers_department SET state_id = 'IL'"),
    "the officer moves to a department without matching": lambda w: w.officer.assignments.update(
        department=factories.department()
    ),
    "the officer moves to Illinois": lambda w: w.officer.assignments.update(
        department=factories.department(state="IL")
    ),
    "the officer works in a second department without matching": lambda w: assign(w, "OH"),
    "the officer works in Illinois too": lambda w: assign(w, "IL"),
    "the officer worked in Illinois long ago": lambda w: Assignment.objects.create(
        officer=w.officer,
        department=factories.department(state="IL"),
        start_date="1990-01-01",
        end_date="1991-01-01",
    ),
    "the officer's last assignment is deleted": lambda w: w.officer.assignments.all().delete(),
    "the officer is marked": lambda w: change(w.officer, ever_prohibited=True),
    "the officer is deleted": lambda w: w.officer.delete(),
    "the photo is filed under a department without matching": lambda w: change(
        w.photo, department=factories.department()
    ),
    "the photo is filed under Illinois": lambda w: change(
        w.photo, department=factories.department(state="IL")
    ),
    "the photo was sent in for Illinois as well": lambda w: PhotoFiling.objects.create(
        photo=w.photo, department=factories.department(state="IL")
    ),
    "the photo was taken in Illinois": lambda w: change(w.photo, taken_in_prohibited_place=True),
    "the photo is marked": lambda w: change(w.photo, ever_prohibited=True),
    "the photo is deleted": lambda w: forget(w.photo),
    "an Illinois officer is tagged in the photo too": tag_prohibited_colleague,
    "another officer in the photo moves to Illinois": colleague_becomes_prohibited,
    "the face is somebody else's": lambda w: change(w.face, officer=factories.officer(w.department)),
    "the face is nobody's": lambda w: change(w.face, officer=None),
    "the face is in another photo": lambda w: change(w.face, photo=bare_photo(w.department)),
    "the box is drawn anew": lambda w: change(w.face, x=1),
    "the second look is taken back": lambda w: change(w.face, reviewed_at=None),
    "the second look says no": lambda w: tagging.reject(face=w.face, by=factories.user()),
}
DOORS_OF_A_SEARCH: dict[str, Act] = {
    "the question's photo is filed under Illinois": lambda w: change(
        w.search.photo, department=factories.department(state="IL")
    ),
    "the question's photo was taken in Illinois": lambda w: change(
        w.search.photo, taken_in_prohibited_place=True
    ),
    "the question is about another photo": lambda w: change(w.search, photo=bare_photo(w.department)),
    "the question is about another department": lambda w: change(
        w.search, department=factories.department(allowed=True)
    ),
    "the question is about another face": lambda w: change(w.search, x=2),
    "the question is deleted": lambda w: w.search.delete(),
    "the question's photo is deleted": lambda w: forget(w.search.photo),
}


@pytest.mark.parametrize("close", DOORS.values(), ids=DOORS)
def test_a_closed_door_takes_everything_with_it(close: Act) -> None:
    world, bystander = World.make().enrol(), World.make().enrol()
    close(world)
    assert world.measured() == (0, 0)
    assert bystander.measured() == (
        (0, 0) if close is DOORS["all departments are set to Illinois"] else (1, 1)
    )


@pytest.mark.parametrize("close", DOORS_OF_A_SEARCH.values(), ids=DOORS_OF_A_SEARCH)
def test_a_search_that_may_not_be_loses_its_candidates(close: Act) -> None:
    world = World.make().enrol()
    close(world)
    assert world.measured() == (1, 0)


def test_what_changes_no_door_deletes_nothing() -> None:
    world = World.make().enrol()
    change(world.department, name="Another Name", recognition_legal_basis="Another basis, written down.")
    change(world.officer, last_name="Other")
    change(world.photo, police="yes", taken_in_prohibited_place=False)
    change(world.face, is_featured=True)
    change(world.search, state="done", candidates_found=1)
    assign(world, "OH", allowed=True)
    PhotoFiling.objects.create(photo=world.photo, department=factories.department())
    assert world.measured() == (1, 1)


def test_a_door_that_opens_again_brings_nothing_back() -> None:
    world = World.make().enrol()
    change(world.department, is_facial_recognition_allowed=False)
    change(world.department, is_facial_recognition_allowed=True)
    assert world.measured() == (0, 0)


def test_who_is_left_does_not_tell_who_was_taken_away() -> None:
    """guard-17: one forbidden candidate ends the whole list."""
    world = World.make().enrol()
    runner_up = factories.officer(world.department)
    face = factories.face(runner_up, bare_photo(world.department))
    Candidate.objects.create(identification=world.search, officer=runner_up, face=face, number=2, chance=0.2)
    assign(world, "IL")
    assert not Candidate.objects.filter(identification=world.search).exists()
