"""A door that closes takes what was measured with it, in the same transaction; ratchets turn one way only.

Everything here is done as the app's database role, on one connection, by the ORM or by plain SQL.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from officers import departments, tagging
from officers.models import Assignment, DepartmentState, Officer, PhotoFiling
from officers.submissions import forget
from recognition.models import Candidate
from tests import factories
from tests.recognition.guard_world import INSERT_TEMPLATE, World, bare_photo

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


# --- ratchets -------------------------------------------------------------------------------------------------


def refuses_a_template(world: World) -> bool:
    try:
        with transaction.atomic():
            raw(INSERT_TEMPLATE, *world.template_row)
    except DatabaseError:
        return True
    return False


FORGETTING: dict[str, Act] = {
    "by update": lambda w: change(w.officer, ever_prohibited=False),
    "by SQL": lambda _: raw("UPDATE officers_officer SET ever_prohibited = false"),
    "by save": lambda w: Officer(pk=w.officer.pk, created_at=timezone.now(), ever_prohibited=False).save(),
    "by an upsert": lambda w: Officer.objects.bulk_create(
        [Officer(pk=w.officer.pk, ever_prohibited=False)],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["ever_prohibited"],
    ),
    "by making the row again": lambda w: raw(
        "DELETE FROM officers_officer WHERE id = %s;"
        "INSERT INTO officers_officer (id, first_name, middle_name, last_name, suffix, race, gender, internal_id,"
        " is_published, created_at, ever_prohibited)"
        " VALUES (%s, '', '', 'x', '', '', '', '', true, now(), false)",
        w.officer.pk,
        w.officer.pk,
    ),
}


@pytest.mark.parametrize("forget_it", FORGETTING.values(), ids=FORGETTING)
def test_an_officer_who_was_in_illinois_stays_marked(forget_it: Act) -> None:
    """guard-05, guard-08: the assignment is deleted, the mark attacked, the officer assigned elsewhere."""
    world = World.make()
    assign(world, "IL").delete()
    forget_it(world)
    world.officer.refresh_from_db()
    assert world.officer.ever_prohibited
    assert refuses_a_template(world)


def test_an_assignment_handed_to_another_officer_hands_the_mark_on() -> None:
    """Two rows of one person made one: the other one is that person too."""
    world, same_person = World.make(), World.make()
    assign(world, "IL").delete()
    world.officer.assignments.update(officer=same_person.officer)
    same_person.officer.refresh_from_db()
    assert same_person.officer.ever_prohibited
    assert refuses_a_template(same_person)


def test_a_photo_that_was_in_illinois_stays_marked() -> None:
    """guard-09: moved out again, its filings deleted, its mark attacked, its row made again."""
    world = World.make()
    change(world.photo, department=factories.department(state="IL"))
    change(world.photo, department=world.department)
    world.photo.filings.all().delete()
    change(world.photo, ever_prohibited=False)
    assert refuses_a_template(world)
    pixels = world.photo.pixel_sha256
    forget(world.photo)
    assert (
        bare_photo(world.department, pixel_sha256=pixels)
        .__class__.objects.get(pixel_sha256=pixels)
        .ever_prohibited
    )


def test_other_pixels_are_not_remembered() -> None:
    world = World.make()
    forget(world.photo)
    again = bare_photo(world.department, pixel_sha256=world.photo.pixel_sha256)
    again.refresh_from_db()
    assert not again.ever_prohibited


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE officers_officer SET id = id + 1000000",
        "UPDATE officers_photo SET id = gen_random_uuid()",
        "UPDATE officers_photo SET pixel_sha256 = md5(pixel_sha256)",
        "UPDATE officers_department SET id = id + 1000000",
    ],
)
def test_numbers_and_pixels_are_for_life(statement: str) -> None:
    World.make()
    with pytest.raises(DatabaseError, match="keeps"), transaction.atomic():
        raw(statement)


def test_a_used_department_does_not_leave_illinois() -> None:
    """guard-10."""
    used, unused = factories.department(state="IL"), factories.department(state="IL")
    factories.officer(used)
    with pytest.raises(DatabaseError, match="does not leave"), transaction.atomic():
        change(used, state="OH")
    change(unused, state="OH")  # a slip of the finger on the form


def test_a_used_department_does_not_leave_a_further_prohibited_state() -> None:
    world = World.make()
    joined = DepartmentState.objects.create(department=world.department, state_id="IL")
    kept = DepartmentState.objects.create(department=world.department, state_id="MI")
    for leave in (joined.delete, lambda: DepartmentState.objects.filter(pk=joined.pk).update(state="TX")):
        with pytest.raises(DatabaseError, match="does not leave"), transaction.atomic():
            leave()
    kept.delete()
    world.department.refresh_from_db()
    assert not world.department.is_facial_recognition_allowed


def test_the_flag_is_refused_in_illinois_and_falls_on_the_way_there() -> None:
    there = factories.department(state="IL")
    basis = {"recognition_legal_basis": "Somebody says so.", "recognition_review_due": "2099-01-01"}
    with pytest.raises(DatabaseError, match="no_face_matching_in_illinois"), transaction.atomic():
        change(there, is_facial_recognition_allowed=True, **basis)
    with pytest.raises(DatabaseError, match="no_face_matching_in_illinois"), transaction.atomic():
        factories.department(state="IL", allowed=True)
    moved = factories.department(allowed=True)
    change(moved, state="IL", is_facial_recognition_allowed=True)
    moved.refresh_from_db()
    assert (moved.state_id, moved.is_facial_recognition_allowed) == ("IL", False)


@pytest.mark.parametrize("word", ["Illinois", "il", "IL ", " IL", "I L", "\uff29\uff2c", "XX", "", None])
def test_no_other_word_is_a_state(word: str | None) -> None:
    """guard-11: refused, or taken for Illinois (PostgreSQL drops the space of "IL ")."""
    world = World.make().enrol()
    try:
        with transaction.atomic():
            change(world.department, state_id=word)
            connection.check_constraints()
    except DatabaseError:
        assert world.measured() == (1, 1)
    else:
        world.department.refresh_from_db()
        assert (world.department.state_id, world.department.is_facial_recognition_allowed) == ("IL", False)
        assert world.measured() == (0, 0)
