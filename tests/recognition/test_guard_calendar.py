"""Doors that close by the calendar or by a new law. The owner moves the calendar: nobody else may."""

from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError
from django.utils import timezone

from officers.departments import LONGEST_REVIEW
from officers.models import Department, ProhibitedPlace
from officers.submissions import forget
from recognition import purge
from recognition.models import FaceTemplate
from tests.recognition.guard_world import World
from tests.stack import Stack

pytestmark = pytest.mark.plugin
DAY = timedelta(days=1)


def move_calendar(stack: Stack, days: int) -> None:
    owner = stack.connect("owner")
    owner.execute(
        f"CREATE OR REPLACE FUNCTION gate_today() RETURNS date LANGUAGE sql STABLE"
        f" SET search_path = pg_catalog, public, pg_temp"
        f" AS $$ SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date + {days} $$".encode()
    )
    owner.commit()


def prohibit(
    owner: psycopg.Connection, county: str = "", city: str = "", *, begins: int = 0, ends: int | None = None
) -> None:
    today = timezone.now().date()
    owner.execute(
        "INSERT INTO officers_prohibitedplace"
        " (state_id, county, city, valid_from, valid_to, source, reviewed_by, reviewed_on)"
        " VALUES ('MI', %s, %s, %s, %s, 'A law', 'A lawyer', %s)",
        [county, city, today + begins * DAY, None if ends is None else today + ends * DAY, today],
    )


def world_in_michigan(**fields: str) -> World:
    world = World.make()
    Department.objects.filter(pk=world.department.pk).update(state="MI", **fields)
    return world.enrol()


def is_refused(world: World) -> bool:
    try:
        world.template().save()
    except DatabaseError:
        return True
    return False


def marks(world: World) -> tuple[bool, bool]:
    world.officer.refresh_from_db()
    world.photo.refresh_from_db()
    return world.officer.ever_prohibited, world.photo.ever_prohibited


def test_the_day_after_the_review_is_due_nothing_is_left(stack: Stack) -> None:
    """guard-34."""
    world, lasting = World.make(), World.make().enrol()
    Department.objects.filter(pk=world.department.pk).update(
        recognition_review_due=timezone.now().date() + DAY
    )
    world.enrol()
    move_calendar(stack, 1)
    assert purge.expired() == 0
    assert world.measured() == (1, 1)
    move_calendar(stack, 2)
    assert is_refused(world)
    assert purge.expired() == 1
    assert world.measured() == (0, 0)
    assert lasting.measured() == (1, 1)
    assert marks(world) == (False, False)


def test_no_template_grows_older_than_we_say(stack: Stack) -> None:
    """However often the permission is renewed: the page of what is kept how long says "at most a year"."""
    old, young = World.make().enrol(), World.make().enrol()
    hour, now = timedelta(hours=1), timezone.now()
    FaceTemplate.objects.filter(face=old.face.pk).update(made_at=now - LONGEST_REVIEW - hour)
    FaceTemplate.objects.filter(face=young.face.pk).update(made_at=now - LONGEST_REVIEW + hour)
    purge.expired()
    assert (old.measured()[0], young.measured()[0]) == (0, 1)


@pytest.mark.parametrize(("county", "city"), [("", ""), ("lake", ""), ("", "lakeside"), ("lake", "lakeside")])
def test_a_new_law_deletes_and_marks_in_its_own_transaction(stack: Stack, county: str, city: str) -> None:
    world, elsewhere = world_in_michigan(county="lake", city="lakeside"), World.make().enrol()
    owner = stack.connect("owner")
    prohibit(owner, county, city)
    assert owner.execute("SELECT count(*) FROM recognition_facetemplate").fetchone() == (1,)
    assert world.measured() == (1, 1), "nothing is visible before the commit"
    owner.commit()
    assert world.measured() == (0, 0)
    assert elsewhere.measured() == (1, 1)
    assert marks(world) == (True, True)
    world.department.refresh_from_db()
    assert not world.department.is_facial_recognition_allowed


def test_the_law_of_another_place_changes_nothing(stack: Stack) -> None:
    world = world_in_michigan(county="lake", city="lakeside")
    owner = stack.connect("owner")
    prohibit(owner, "hill")
    prohibit(owner, "hill", "lakeside")
    prohibit(owner, "", "hilltown")
    prohibit(owner, begins=2)
    prohibit(owner, begins=-2, ends=0)
    owner.commit()
    assert world.measured() == (1, 1)
    assert marks(world) == (False, False)


def test_a_law_that_begins_later_marks_when_it_begins_and_for_good(stack: Stack) -> None:
    world, leaves, photo_goes = world_in_michigan(), world_in_michigan(), world_in_michigan()
    owner = stack.connect("owner")
    prohibit(owner, begins=2, ends=4)
    owner.commit()
    move_calendar(stack, 2)
    assert is_refused(world)
    leaves.officer.assignments.all().delete()  # before anybody swept
    pixels = photo_goes.photo.pixel_sha256
    move_calendar(stack, 3)
    assert purge.expired() == 2  # the third one's went with the assignment
    assert (marks(world), marks(leaves)[0]) == ((True, True), True)
    forget(photo_goes.photo)
    move_calendar(stack, 4)
    Department.objects.update(is_facial_recognition_allowed=True)
    assert ProhibitedPlace.objects.get().valid_to == timezone.now().date() + 4 * DAY
    assert is_refused(world), "the law is over, the mark is not"
    remembered = owner.execute("SELECT key FROM gate_memory WHERE what = 'pixels'").fetchall()
    assert remembered == [(pixels,)]


def test_where_the_city_is_not_known_it_is_refused_but_not_for_ever(stack: Stack) -> None:
    world = world_in_michigan(county="lake")
    owner = stack.connect("owner")
    prohibit(owner, "lake", "lakeside")
    owner.commit()
    assert world.measured() == (0, 0)
    assert is_refused(world)
    assert marks(world) == (False, False)
    Department.objects.filter(pk=world.department.pk).update(city="hilltown")
    assert not is_refused(world)
