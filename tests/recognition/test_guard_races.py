"""Two transactions that cannot see each other: whoever comes first, no forbidden row is ever committed.

Real connections as the app's role. The storm runs for OVERSIGHT_STORM_SECONDS (4); its seed is in the test's name.
"""

import contextlib
import os
import random
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from recognition import guard_audit
from tests import factories
from tests.recognition.guard_world import INSERT_CANDIDATE, INSERT_TEMPLATE, World
from tests.stack import Stack

pytestmark = pytest.mark.plugin
GUST_SECONDS = 0.25
STORM_SECONDS = float(os.environ.get("OVERSIGHT_STORM_SECONDS", "4"))
LONGEST_STORM = STORM_SECONDS + 30
ENOUGH = 20  # of each kind of act: fewer would prove nothing
WRITERS, CHANGERS, OFFICERS = 4, 4, 12

CLOSINGS = {
    "flag": "UPDATE officers_department SET is_facial_recognition_allowed = false WHERE id = %(department)s",
    "state": "UPDATE officers_department SET state_id = 'IL' WHERE id = %(department)s",
    "further state": "INSERT INTO officers_departmentstate (department_id, state_id) VALUES (%(department)s, 'IL')",
    "transfer": "UPDATE officers_assignment SET department_id = %(closed)s WHERE officer_id = %(officer)s",
    "second assignment": "INSERT INTO officers_assignment (officer_id, department_id, badge_number)"
    " VALUES (%(officer)s, %(closed)s, '')",
    "no assignment": "DELETE FROM officers_assignment WHERE officer_id = %(officer)s",
    "photo refiled": "UPDATE officers_photo SET department_id = %(closed)s WHERE id IN (%(photo)s, %(probe)s)",
    "photo marked": "UPDATE officers_photo SET ever_prohibited = true WHERE id IN (%(photo)s, %(probe)s)",
    "second filing": "INSERT INTO officers_photofiling (photo_id, department_id)"
    " VALUES (%(photo)s, %(illinois)s), (%(probe)s, %(illinois)s)",
    "tag": "UPDATE officers_face SET officer_id = NULL WHERE id = %(face)s",
    "box": "UPDATE officers_face SET reviewed_at = NULL, x = 3 WHERE id = %(face)s",
    "officer marked": "UPDATE officers_officer SET ever_prohibited = true WHERE id = %(officer)s",
}


def ids(world: World) -> dict[str, object]:
    return {
        "department": world.department.pk,
        "officer": world.officer.pk,
        "photo": world.photo.pk,
        "face": world.face.pk,
        "probe": world.search.photo_id,
        "closed": factories.department().pk,
        "illinois": factories.department(state="IL").pk,
    }


def write(connection: psycopg.Connection, world: World) -> None:
    connection.execute(INSERT_TEMPLATE.encode(), world.template_row)
    connection.execute(INSERT_CANDIDATE.encode(), world.candidate_row)


@contextlib.contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Do `act` in a thread; yields once it is sure to be waiting for a lock, and joins it at the end."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except psycopg.Error as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.15)
    assert thread.is_alive(), "the second transaction does not wait for the first"
    yield failed
    thread.join(10)
    assert not thread.is_alive()


def commit(connection: psycopg.Connection, statement: str, parameters: dict[str, object]) -> None:
    connection.execute(statement.encode(), parameters)
    connection.commit()


def write_and_commit(connection: psycopg.Connection, world: World) -> None:
    write(connection, world)
    connection.commit()


@pytest.mark.parametrize("closing", CLOSINGS.values(), ids=CLOSINGS)
def test_the_row_comes_first_and_is_gone_with_the_door(stack: Stack, closing: str) -> None:
    world = World.make()
    rows, writer, closer = ids(world), stack.connect("app"), stack.connect("app")
    write(writer, world)
    with meanwhile(lambda: commit(closer, closing, rows)) as failed:
        writer.commit()
    assert failed == []
    assert world.measured() == (0, 0)


@pytest.mark.parametrize("closing", CLOSINGS.values(), ids=CLOSINGS)
def test_the_door_comes_first_and_the_row_is_refused(stack: Stack, closing: str) -> None:
    world = World.make()
    rows, writer, closer = ids(world), stack.connect("app"), stack.connect("app")
    closer.execute(closing.encode(), rows)
    with meanwhile(lambda: write_and_commit(writer, world)) as failed:
        closer.commit()
    assert [type(error) for error in failed] == [psycopg.errors.CheckViolation]
    writer.rollback()
    assert world.measured() == (0, 0)


def test_without_the_lock_the_row_leaks(stack: Stack) -> None:
    """Proves that the two tests above can fail: with the advisory lock taken out, a forbidden template stays."""
    owner = stack.connect("owner")
    owner.execute(
        "CREATE OR REPLACE FUNCTION gate_hold(to_change boolean) RETURNS void LANGUAGE sql AS 'SELECT'"
    )
    owner.commit()
    world = World.make()
    rows, writer, closer = ids(world), stack.connect("app"), stack.connect("app")
    write(writer, world)
    commit(closer, CLOSINGS["flag"], rows)
    writer.commit()
    assert world.measured() == (1, 1)
    assert {"forbidden_templates", "forbidden_candidates"} <= {f.code for f in guard_audit.findings()}


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_an_old_snapshot_neither_writes_nor_closes(stack: Stack, level: str) -> None:
    """Such a transaction sees the world as it was when it began, so the lock would be of no use to it."""
    world = World.make()
    rows, app = ids(world), stack.connect("app")
    app.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}".encode())
    app.commit()
    with pytest.raises(psycopg.errors.CheckViolation, match="needs READ COMMITTED"):
        write(app, world)
    app.rollback()
    for closing in CLOSINGS.values():
        with pytest.raises(psycopg.errors.CheckViolation, match="needs READ COMMITTED"):
            app.execute(closing.encode(), rows)
        app.rollback()


# --- the storm: everybody at once, in no order ------------------------------------------------------------------

OPENINGS = (
    "UPDATE officers_department SET is_facial_recognition_allowed = true WHERE id = %(department)s"
    " AND state_id <> 'IL'",
    "DELETE FROM officers_assignment WHERE officer_id = %(officer)s",
    "INSERT INTO officers_assignment (officer_id, department_id, badge_number)"
    " VALUES (%(officer)s, %(department)s, '')",
    "UPDATE officers_photo SET department_id = %(department)s WHERE id IN (%(photo)s, %(probe)s)",
    "UPDATE officers_face SET officer_id = %(officer)s, reviewed_at = now() WHERE id = %(face)s",
    "DELETE FROM recognition_facetemplate WHERE officer_id = %(officer)s",
    "DELETE FROM recognition_candidate WHERE officer_id = %(officer)s",
)
FOR_GOOD = {"state", "further state", "photo marked", "second filing", "officer marked"}


class Storm:
    """Writers and changers on the same few officers; whatever is refused is counted, nothing may be left behind."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self.connections = [stack.connect("app") for _ in range(WRITERS + CHANGERS)]
        self.worlds = [self._world(number) for number in range(OFFICERS)]
        self.rows = [ids(world) for world in self.worlds]
        self.chance = random.Random(seed)  # noqa: S311
        self.end = 0.0
        self.count = {"stored": 0, "refused": 0, "changed": 0, "deadlock": 0}
        self.odd: list[BaseException] = []

    def _world(self, number: int) -> World:
        world = World.make()
        if number % 3:
            colleague = factories.officer(world.department)
            factories.face(colleague, world.photo)
        return world

    def least(self) -> int:
        return min(self.count["stored"], self.count["refused"], self.count["changed"])

    def gust(self) -> None:
        """All at once for a moment, then calm: only then can be seen what nobody would have deleted any more."""
        jobs = [self._write] * WRITERS + [self._change] * CHANGERS
        self.end = time.monotonic() + GUST_SECONDS
        threads = [
            threading.Thread(target=self._repeat, args=(job, connection, self.chance.random()))
            for job, connection in zip(jobs, self.connections, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _repeat(
        self,
        job: Callable[[psycopg.Connection, random.Random], str],
        connection: psycopg.Connection,
        seed: float,
    ) -> None:
        chance = random.Random(seed)  # noqa: S311
        while time.monotonic() < self.end:
            try:
                outcome = job(connection, chance)
                connection.commit()
            except (psycopg.errors.CheckViolation, psycopg.errors.UniqueViolation):
                outcome = "refused"
            except psycopg.errors.DeadlockDetected:
                outcome = "deadlock"
            except psycopg.Error as error:
                self.odd.append(error)
                outcome = "refused"
            connection.rollback()
            self.count[outcome] += 1

    def _write(self, connection: psycopg.Connection, chance: random.Random) -> str:
        world = chance.choice(self.worlds)
        connection.execute(INSERT_TEMPLATE.encode(), world.template_row)
        time.sleep(chance.random() * 0.01)
        if chance.random() < 0.5:
            connection.execute(INSERT_CANDIDATE.encode(), world.candidate_row)
        return "stored"

    def _change(self, connection: psycopg.Connection, chance: random.Random) -> str:
        rows = chance.choice(self.rows)
        if chance.random() < 0.6:
            statements = list(OPENINGS)
        else:
            rare = chance.random() < 0.01
            closings = [text for name, text in CLOSINGS.items() if (name in FOR_GOOD) is rare]
            statements = chance.sample(closings, chance.randint(1, 2))
        for statement in statements:
            connection.execute(statement.encode(), rows)
            time.sleep(chance.random() * 0.003)
        return "changed"


@pytest.mark.parametrize("seed", [1, 2])
def test_after_the_storm_nothing_forbidden_is_left(stack: Stack, seed: int) -> None:
    storm, watcher = Storm(stack, seed), stack.connect("superuser")
    began = time.monotonic()
    while time.monotonic() < began + STORM_SECONDS or (
        storm.least() <= ENOUGH and time.monotonic() < began + LONGEST_STORM
    ):  # a busy machine storms slowly
        storm.gust()
        assert left_over(watcher) == (0, 0), storm.count
    assert storm.odd == []
    assert storm.count["deadlock"] == 0, storm.count
    assert storm.least() > ENOUGH, storm.count
    assert [f for f in guard_audit.findings() if f.code.startswith(("forbidden", "officers"))] == []


def left_over(watcher: psycopg.Connection) -> tuple[int, int] | None:
    """How many templates and candidates there are that the guard would refuse if they were written now."""
    found = watcher.execute(
        "SELECT (SELECT count(*) FROM recognition_facetemplate"
        "        WHERE NOT gate_face_allows(face_id, officer_id, photo_id)),"
        "       (SELECT count(*) FROM recognition_candidate"
        "        WHERE NOT gate_candidate_allows(identification_id, officer_id, face_id))"
    ).fetchone()
    watcher.rollback()
    return found
