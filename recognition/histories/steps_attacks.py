"""The attacks that each need one lock to fail. Tried in every world; in a whole one they must come to nothing."""

import random

from django.db import connection

from recognition.histories.hands import Hands
from recognition.histories.steps import ALIKE_TEMPLATE, step
from recognition.histories.steps_raw import INSERT_CANDIDATE, INSERT_TEMPLATE, UPSERT
from recognition.histories.world import World

SHADOWS = (
    "CREATE TEMP TABLE officers_department ON COMMIT DROP AS SELECT * FROM public.officers_department",
    "CREATE TEMP TABLE officers_officer ON COMMIT DROP AS SELECT * FROM public.officers_officer",
    "CREATE TEMP TABLE officers_photo ON COMMIT DROP AS SELECT * FROM public.officers_photo",
    "CREATE TEMP TABLE officers_assignment ON COMMIT DROP AS SELECT * FROM public.officers_assignment",
    "CREATE TEMP TABLE officers_prohibitedplace ON COMMIT DROP "
    " AS SELECT * FROM public.officers_prohibitedplace LIMIT 0",
    "UPDATE pg_temp.officers_department SET is_facial_recognition_allowed = true, state_id = 'OH',"
    " recognition_review_due = current_date + 30",
    "UPDATE pg_temp.officers_officer SET ever_prohibited = false",
    "UPDATE pg_temp.officers_photo SET ever_prohibited = false",
)


@step(2)
def shadow_tables(hands: Hands, world: World, rng: random.Random) -> None:
    """Temporary tables with the names of ours, which say that all is allowed.

    On a fresh connection: one that was used before may have planned the guard's questions with the real tables.
    """
    face = world.face(rng)
    hands.say(f"a template of face {face} under the eyes of temporary tables")
    connection.close()
    with hands.app() as cursor:
        for statement in SHADOWS:
            cursor.execute(statement)
        cursor.execute(INSERT_TEMPLATE + UPSERT, [ALIKE_TEMPLATE, face])


@step(6)
def replay_geometry(hands: Hands, world: World, rng: random.Random) -> None:
    """What a replica or a restore does: triggers that are not ALWAYS stay silent."""
    face = world.face(rng)
    hands.say(f"a session that replays changes writes a template of face {face}")
    with hands.superuser() as superuser:
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute((INSERT_TEMPLATE + UPSERT).encode(), [ALIKE_TEMPLATE, face])
        if world.searches:
            superuser.execute(INSERT_CANDIDATE.encode(), [rng.choice(world.searches), face])
        hands.pause(rng)


@step(3)
def replay_law(hands: Hands, world: World, rng: random.Random) -> None:
    """The same for what the law depends on: the purge and the ratchets must not stay silent either."""
    face, where = world.face(rng), rng.choice(world.departments)
    statement, values = rng.choice(
        [
            ("UPDATE officers_department SET is_facial_recognition_allowed = false WHERE id = %s", [where]),
            (
                "UPDATE officers_assignment SET department_id = %s WHERE officer_id ="
                " (SELECT officer_id FROM officers_face WHERE id = %s)",
                [where, face],
            ),
            (
                "UPDATE officers_photo SET department_id = %s WHERE id ="
                " (SELECT photo_id FROM officers_face WHERE id = %s)",
                [where, face],
            ),
            ("DELETE FROM officers_face WHERE id = %s", [face]),
            (
                "DELETE FROM officers_assignment WHERE officer_id ="
                " (SELECT officer_id FROM officers_face WHERE id = %s)",
                [face],
            ),
        ]
    )
    hands.say(f"a session that replays changes: {statement} {values}")
    with hands.superuser() as superuser:
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(statement.encode(), values)
        hands.pause(rng)


@step(3)
def wash_officer(hands: Hands, world: World, rng: random.Random) -> None:
    """To Illinois and back: deleted there, assigned where matching is allowed, measured."""
    face, where = world.face(rng), rng.choice(world.open_departments)
    hands.say(f"the officer of face {face} was in Illinois, and is only in department {where} now")
    officer = "(SELECT officer_id FROM officers_face WHERE id = %s)"
    with hands.app() as cursor:
        cursor.execute(_ASSIGN.replace("OFFICER", officer), [face, world.illinois])
    with hands.app() as cursor:
        cursor.execute(f"DELETE FROM officers_assignment WHERE officer_id = {officer}", [face])  # noqa: S608
    hands.pause(rng)
    with hands.app() as cursor:
        cursor.execute(_ASSIGN.replace("OFFICER", officer), [face, where])
    with hands.app() as cursor:
        cursor.execute(INSERT_TEMPLATE + UPSERT, [ALIKE_TEMPLATE, face])


_ASSIGN = "INSERT INTO officers_assignment (officer_id, department_id, badge_number) VALUES (OFFICER, %s, '')"


@step(2)
def wash_photo(hands: Hands, world: World, rng: random.Random) -> None:
    """Filed in Illinois, moved out again, measured."""
    face, where = world.face(rng), rng.choice(world.open_departments)
    hands.say(f"the photo of face {face} was filed in Illinois, and is in department {where} now")
    for department in (world.illinois, where):
        with hands.app() as cursor:
            cursor.execute(
                "UPDATE officers_photo SET department_id = %s WHERE id ="
                " (SELECT photo_id FROM officers_face WHERE id = %s)",
                [department, face],
            )
        hands.pause(rng)
    with hands.app() as cursor:
        cursor.execute(INSERT_TEMPLATE + UPSERT, [ALIKE_TEMPLATE, face])


@step(2)
def turn_ratchet_back(hands: Hands, world: World, rng: random.Random) -> None:
    face = world.face(rng)
    hands.say(f"somebody writes that the officer and the photo of face {face} were never prohibited")
    with hands.app() as cursor:
        cursor.execute(
            "UPDATE officers_officer SET ever_prohibited = false WHERE id ="
            " (SELECT officer_id FROM officers_face WHERE id = %s)",
            [face],
        )
        cursor.execute(
            "UPDATE officers_photo SET ever_prohibited = false WHERE id ="
            " (SELECT photo_id FROM officers_face WHERE id = %s)",
            [face],
        )
        cursor.execute(INSERT_TEMPLATE + UPSERT, [ALIKE_TEMPLATE, face])


@step(2)
def born_again(hands: Hands, world: World, rng: random.Random) -> None:
    """An officer is deleted and made again under the same number."""
    officer, where = rng.choice(world.officers), rng.choice(world.open_departments)
    hands.say(f"officer {officer} is deleted, made again and assigned to department {where}")
    with hands.app() as cursor:
        cursor.execute("DELETE FROM officers_face WHERE officer_id = %s", [officer])
        cursor.execute("DELETE FROM officers_assignment WHERE officer_id = %s", [officer])
        cursor.execute("DELETE FROM officers_officer WHERE id = %s", [officer])
        hands.pause(rng)
    make_officer(hands, officer)
    with hands.app() as cursor:
        cursor.execute(_ASSIGN.replace("OFFICER", "%s"), [officer, where])


def make_officer(hands: Hands, officer: int) -> None:
    with hands.app() as cursor:
        cursor.execute(
            "INSERT INTO officers_officer (id, first_name, middle_name, last_name, suffix, race, gender, internal_id,"
            " is_published, created_at, ever_prohibited)"
            " VALUES (%s, '', '', 'Again', '', '', '', '', true, now(), false) ON CONFLICT DO NOTHING",
            [officer],
        )


@step(2)
def fill_the_gap(hands: Hands, world: World, rng: random.Random) -> None:
    """Makes an officer under a number that somebody may just be deleting."""
    officer = rng.choice(world.officers)
    hands.say(f"somebody makes officer {officer}, in case the number is free")
    make_officer(hands, officer)


@step(2)
def switch_on_in_illinois(hands: Hands, world: World, rng: random.Random) -> None:
    hands.say("somebody switches matching on in Illinois")
    role = hands.owner if rng.random() < 0.5 else hands.app
    with role() as connected:
        connected.execute(
            "UPDATE officers_department SET is_facial_recognition_allowed = true, recognition_legal_basis = 'x',"
            " recognition_review_due = current_date + 30 WHERE id = %s",
            [world.illinois],
        )


@step(2)
def end_a_connection(hands: Hands, world: World, rng: random.Random) -> None:
    """The connection of another writer dies in the middle of whatever it does."""
    others = sorted(number for number in world.backends if number != hands.number)
    if others:
        victim = rng.choice(others)
        hands.say(f"the connection of writer {victim} is ended")
        with hands.superuser() as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s)", [world.backends[victim]])
