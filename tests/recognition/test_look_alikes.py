"""guard-14: what looks like a photo from a prohibited place is prohibited too, whichever came first, for ever."""

# ruff: noqa: S311 - chance that can be repeated, not a secret
import random
import time

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from officers.models import Photo
from officers.submissions import forget
from privacy.looks import NEAR, distance
from tests import factories
from tests.recognition.guard_world import World, bare_photo
from tests.recognition.test_guard_doors import assign, change
from tests.recognition.test_guard_races import meanwhile
from tests.recognition.test_guard_ratchets import refuses_a_template
from tests.stack import Stack

LOOK = 0x0123_4567_89AB_CDEF
INSERT = (
    "INSERT INTO officers_photo (id, department_id, width, height, upload_sha256, pixel_sha256, perceptual_hash,"
    " taken_in_prohibited_place, ever_prohibited, received_on, police)"
    " VALUES (gen_random_uuid(), %s, 9, 9, md5(random()::text), md5(random()::text), %s, false, false, now(), '')"
)


def flipped(look: int, bits: int, seed: int = 1) -> int:
    """`look` with that many bits changed."""
    for bit in random.Random(seed).sample(range(63), bits):
        look ^= 1 << bit
    return look


def is_marked(photo: Photo) -> bool:
    return Photo.objects.get(pk=photo.pk).ever_prohibited


@pytest.mark.django_db
@pytest.mark.parametrize("bits", range(NEAR + 3))
@pytest.mark.parametrize("illinois_first", [True, False])
def test_eight_bits_are_near_and_nine_are_not(bits: int, illinois_first: bool) -> None:
    here, there = factories.department(allowed=True), factories.department(state="IL")
    for seed in range(12):
        look = random.Random(f"{bits} {seed}").getrandbits(64) - 2**63
        stored = {}
        for where in (there, here) if illinois_first else (here, there):
            other = flipped(look, bits, seed) if where == here else look
            stored[where] = bare_photo(where, perceptual_hash=other)
        assert is_marked(stored[there])
        assert is_marked(stored[here]) == (bits <= NEAR), (bits, seed)


@pytest.mark.django_db
def test_a_mark_that_comes_later_reaches_the_look_alike_and_what_was_measured() -> None:
    """By filing, by an officer's past, by the department's move; and on to whatever looks like the look-alike."""
    for way in ("filing", "assignment", "move"):
        base = random.Random(way).getrandbits(62)
        world = World.make()
        marked = bare_photo(world.department, perceptual_hash=base)
        alike = bare_photo(world.department, perceptual_hash=flipped(base, 7))
        further = bare_photo(world.department, perceptual_hash=flipped(flipped(base, 7), 7, seed=2))
        Photo.objects.filter(pk=world.photo.pk).delete()
        who = factories.officer(world.department)
        face = factories.face(who, alike)
        measured = World(world.department, who, alike, face, world.search).enrol()
        assert measured.measured() == (1, 1)
        if way == "filing":
            change(marked, department=factories.department(state="IL"))
        elif way == "assignment":
            other = World(world.department, factories.officer(world.department), marked, face, world.search)
            factories.face(other.officer, marked)
            assign(other, "IL")
        else:
            change(world.department, state="IL")
        assert (is_marked(marked), is_marked(alike), is_marked(further)) == (True, True, True), way
        assert measured.measured() == (0, 0)
        assert refuses_a_template(measured)


@pytest.mark.django_db
def test_a_look_is_remembered_after_its_photo_and_is_for_life() -> None:
    there = factories.department(state="IL")
    forget(bare_photo(there, perceptual_hash=LOOK))
    again = bare_photo(factories.department(), perceptual_hash=flipped(LOOK, 5))
    assert is_marked(again)
    for look in (None, LOOK ^ 1):
        with pytest.raises(DatabaseError, match="keeps"), transaction.atomic():
            change(again, perceptual_hash=look)


@pytest.mark.django_db
def test_photos_without_a_look_are_nobodys_look_alike() -> None:
    bare_photo(factories.department(state="IL"), perceptual_hash=None)
    assert not is_marked(bare_photo(factories.department(), perceptual_hash=None))


@pytest.mark.django_db
def test_one_statement_that_stores_both_marks_both() -> None:
    here, there = factories.department(), factories.department(state="IL")
    with connection.cursor() as cursor:
        rows = INSERT.partition("VALUES")[2]
        cursor.execute(f"{INSERT}, {rows}", [here.pk, LOOK, there.pk, flipped(LOOK, 3)])
    assert set(Photo.objects.values_list("ever_prohibited", flat=True)) == {True}


@pytest.mark.django_db
def test_a_long_row_of_look_alikes_is_marked_to_its_end() -> None:
    """Each a little unlike the one before: the whole film of a shaking hand, and no stack overflows."""
    here = factories.department()
    look, looks = LOOK, []
    for step in range(400):
        looks.append(look)
        look = flipped(look, 8, seed=step)
    assert distance(looks[0], looks[-1]) > NEAR
    for each in looks:
        bare_photo(here, perceptual_hash=each)
    bare_photo(factories.department(state="IL"), perceptual_hash=LOOK)
    assert not Photo.objects.filter(ever_prohibited=False).exists()


def test_two_who_store_look_alikes_at_once_see_each_other(stack: Stack) -> None:
    """In both orders: neither transaction sees the other's photo before its commit."""
    here, there = factories.department(), factories.department(state="IL")
    for number, (first, second) in enumerate(((here, there), (there, here))):
        one, other = stack.connect("app"), stack.connect("app")
        one.execute(INSERT.encode(), [first.pk, LOOK + 2**40 * number])

        def store(
            other: psycopg.Connection = other, pk: int = second.pk, look: int = LOOK + 2**40 * number
        ) -> None:
            other.execute(INSERT.encode(), [pk, look ^ 3])
            other.commit()

        with meanwhile(store) as failed:
            one.commit()
        assert failed == []
        assert not Photo.objects.filter(ever_prohibited=False).exists()


@pytest.mark.django_db
def test_the_look_up_reads_a_few_rows_of_many() -> None:
    """Among 20,000 photos: the indexes are used, so it stays quick."""
    here = factories.department()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO officers_photo (id, department_id, width, height, upload_sha256, pixel_sha256,"
            " perceptual_hash, taken_in_prohibited_place, ever_prohibited, received_on, police)"
            " SELECT gen_random_uuid(), %s, 9, 9, n::text, n::text, hashint8extended(n, 7), false, false, now(), ''"
            " FROM generate_series(1, 20000) n",
            [here.pk],
        )
        begun = time.perf_counter()
        for number in range(20):
            cursor.execute("SELECT count(*) FROM gate_photos_near(hashint8extended(%s, 7))", [number + 1])
            assert cursor.fetchone()[0] >= 1
        assert (time.perf_counter() - begun) / 20 < 0.1
