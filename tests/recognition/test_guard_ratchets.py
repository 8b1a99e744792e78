"""What was once in a place that forbids matching stays marked, whatever the app does to its rows."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from officers.models import DepartmentState, Officer
from officers.submissions import forget
from tests import factories
from tests.recognition.guard_world import INSERT_TEMPLATE, World, bare_photo
from tests.recognition.test_guard_doors import Act, assign, change, raw

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


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
