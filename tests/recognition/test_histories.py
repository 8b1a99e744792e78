"""Random concurrent histories hold, notice each lock that is missing, and are judged by a checker that can see."""

# ruff: noqa: S608 - every statement here is put together from words of our own
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from oversight.embedded.programs import PROJECT
from oversight.embedded.provision import provision
from recognition.histories.checker import Checker, observe
from recognition.histories.locks import WITHOUT, take_away
from recognition.histories.past import Look, Moment
from recognition.histories.scratch import Addresses, NotScratch, clone, require_scratch
from recognition.histories.world import EMPTIED, World, make
from tests.services import TEMPLATE, Services

pytestmark = pytest.mark.plugin
SCRATCH = "oversight_scratch_tests"
HISTORIES = 100
MOST_WITHOUT_A_LOCK = 300
TEMPLATE_OF = (
    "INSERT INTO recognition_facetemplate (face_id, officer_id, photo_id, engine, template, made_at)"
    " SELECT id, officer_id, photo_id, 'x', array_fill(0, ARRAY[128])::vector, now() FROM officers_face WHERE id = %s"
)
EVERYTHING_ALLOWED = """
    UPDATE officers_face SET reviewed_at = now();
    DELETE FROM officers_prohibitedplace;
    DELETE FROM officers_departmentstate;
    UPDATE officers_department SET is_facial_recognition_allowed = true, recognition_review_due = current_date + 9
    WHERE state_id <> 'IL'
"""
A_LAWFUL_FACE = """
    SELECT f.id FROM officers_face f JOIN officers_photo p ON p.id = f.photo_id
    WHERE p.department_id IN (SELECT id FROM officers_department WHERE state_id <> 'IL')
      AND NOT p.taken_in_prohibited_place
      AND f.officer_id IN (SELECT officer_id FROM officers_assignment)
      AND NOT EXISTS (SELECT FROM officers_face g JOIN officers_assignment a USING (officer_id)
                      JOIN officers_department d ON d.id = a.department_id
                      WHERE g.photo_id = p.id AND d.state_id = 'IL')
    ORDER BY f.id LIMIT 1
"""
OFFICER = "(SELECT officer_id FROM officers_face WHERE id = %s)"
PHOTO = "(SELECT photo_id FROM officers_face WHERE id = %s)"
WHERE_FILED = f"(SELECT department_id FROM officers_photo WHERE id = {PHOTO})"


@pytest.fixture(scope="module")
def scratch(services: Services) -> Iterator[Addresses]:
    """A migrated scratch database on the tests' server; the histories work in copies of it."""
    locations = services.locations
    provision(locations, SCRATCH, template=TEMPLATE)
    app, owner = (locations.database_url(role, SCRATCH) for role in ("app", "owner"))
    yield Addresses(app, owner, locations.superuser_url(SCRATCH))
    with psycopg.connect(locations.superuser_url(), autocommit=True) as server:
        server.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)".encode())


def play(server: str, *arguments: object) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "guard_histories", "--json", "--server", server, *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_nothing_is_violated(scratch: Addresses) -> None:
    code, found, errors = play(scratch.superuser, "--n", HISTORIES, "--seed", 1)
    assert code == 0, "\n".join([*found.get("story", []), errors])
    assert (found["histories"], found["violations"]) == (HISTORIES, 0)
    assert (found["encoder_calls_on_forbidden"], found["shown"]) == (0, 0)
    assert found["surprises"] == {}
    # It was worth something only if there was geometry to be had and something to refuse.
    for name in ("templates_written", "encoder_calls", "refused_by_gate", "refused_by_database"):
        assert found[name] > 0, name


@pytest.mark.parametrize("lock", sorted(WITHOUT))
def test_a_missing_lock_is_noticed(scratch: Addresses, lock: str) -> None:
    code, found, errors = play(scratch.superuser, "--n", MOST_WITHOUT_A_LOCK, "--seed", 1, "--without", lock)
    assert (code, found.get("without")) == (1, lock), errors
    assert found["violations"] > 0
    assert f"--seed {found['failed_seed']}" in "\n".join(found["story"])


def test_no_other_database_is_touched(scratch: Addresses) -> None:
    live = scratch.superuser.replace(SCRATCH, "oversight")
    code, found, errors = play(live, "--n", 1)
    assert (code, found) == (2, {})
    assert "'oversight' is not a scratch database" in errors
    with pytest.raises(NotScratch):
        Addresses(scratch.app, scratch.owner.replace(SCRATCH, "oversight"), scratch.superuser)
    with pytest.raises(NotScratch):
        require_scratch("oversight_test")


class Planted:
    """A database that lost its locks, so that anything can be planted in it, and the checker that must find it."""

    def __init__(self, addresses: Addresses) -> None:
        self.superuser = psycopg.connect(addresses.superuser, autocommit=True)
        self.owner = psycopg.connect(addresses.owner)
        with psycopg.connect(addresses.superuser) as setting_up:
            observe(setting_up)
            for lock in ("trigger", "check", "ratchet"):
                take_away(lock, setting_up)
        self.checker = Checker(self.superuser)

    def begin(self) -> None:
        """A new world, in which all but Illinois allows matching, and one face of an officer of such departments."""
        self.superuser.execute(EMPTIED)
        self.checker.forget()
        self.world: World = make(seed=3, slot=0, admin=0, owner=self.owner)
        self.superuser.execute(EVERYTHING_ALLOWED)
        ((self.face,),) = self.superuser.execute(A_LAWFUL_FACE).fetchall()
        self.checker.judge([])  # what lies before the test

    def do(self, statement: str, *values: object) -> None:
        self.superuser.execute(statement.encode(), values)

    def kinds(self) -> set[str]:
        return {violation.kind for violation in self.checker.judge([])}

    def now(self) -> Moment:
        ((text,),) = self.superuser.execute("SELECT pg_current_snapshot()::text").fetchall()
        return Moment.read(text)

    def close(self) -> None:
        self.owner.close()
        self.superuser.close()


@pytest.fixture(scope="module")
def unlocked(scratch: Addresses) -> Iterator[Planted]:
    with clone(scratch, 50) as addresses:
        made = Planted(addresses)
        yield made
        made.close()


@pytest.fixture
def planted(unlocked: Planted) -> Planted:
    unlocked.begin()
    return unlocked


def test_a_lawful_template_is_no_violation(planted: Planted) -> None:
    planted.do(TEMPLATE_OF, planted.face)
    assert planted.kinds() == set()


MAKE_FORBIDDEN = {
    "second look": "UPDATE officers_face SET reviewed_at = NULL WHERE id = %s",
    "officer marked": f"UPDATE officers_officer SET ever_prohibited = true WHERE id = {OFFICER}",
    "photo marked": f"UPDATE officers_photo SET ever_prohibited = true WHERE id = {PHOTO}",
    "no department": f"DELETE FROM officers_assignment WHERE officer_id = {OFFICER}",
    "switched off": "UPDATE officers_department SET is_facial_recognition_allowed = false"
    f" WHERE id = {WHERE_FILED}",
    "review over": "UPDATE officers_department SET recognition_review_due = current_date - 1"
    f" WHERE id IN (SELECT department_id FROM officers_assignment WHERE officer_id = {OFFICER})",
    "further state": f"INSERT INTO officers_departmentstate (department_id, state_id) SELECT {WHERE_FILED}, 'IL'",
    "county not known": "INSERT INTO officers_prohibitedplace"
    " (state_id, county, city, valid_from, source, reviewed_by, reviewed_on)"
    " SELECT state_id, 'somewhere', '', current_date, '', '', current_date FROM officers_department"
    f" WHERE id = {WHERE_FILED}",
}


@pytest.mark.parametrize("why", MAKE_FORBIDDEN)
def test_a_planted_template_is_found(planted: Planted, why: str) -> None:
    planted.do("UPDATE officers_department SET county = ''")
    planted.do(MAKE_FORBIDDEN[why], planted.face)
    planted.do(TEMPLATE_OF, planted.face)
    assert "template" in planted.kinds()


def test_a_planted_candidate_and_switch_are_found(planted: Planted) -> None:
    planted.do(
        "UPDATE officers_department SET is_facial_recognition_allowed = true WHERE id = %s",
        planted.world.illinois,
    )
    planted.do(
        "INSERT INTO recognition_identification (id, x, y, width, height, department_id, photo_id, state, reason,"
        " officers_searched, candidates_found, answer, created_at, expires_at)"
        " SELECT gen_random_uuid(), 0, 0, 9, 9, %s, photo_id, 'done', '', 1, 1, '', now(), now() + '1 day'"
        " FROM officers_face WHERE id = %s",
        planted.world.illinois, planted.face,
    )  # fmt: skip
    planted.do(
        "INSERT INTO recognition_candidate (identification_id, officer_id, face_id, number, chance, is_denied)"
        " SELECT i.id, f.officer_id, f.id, 1, 1, false FROM recognition_identification i, officers_face f"
        " WHERE f.id = %s",
        planted.face,
    )
    assert {"candidate", "switch"} <= planted.kinds()


def test_who_was_in_illinois_for_one_committed_moment_must_be_marked(planted: Planted) -> None:
    planted.do(TEMPLATE_OF, planted.face)
    planted.kinds()
    planted.do(
        "INSERT INTO officers_assignment (officer_id, department_id, badge_number)"
        f" SELECT {OFFICER}, %s, ''",
        planted.face, planted.world.illinois,
    )  # fmt: skip
    planted.do("DELETE FROM officers_assignment WHERE department_id = %s", planted.world.illinois)
    planted.do(TEMPLATE_OF + " ON CONFLICT DO NOTHING", planted.face)
    assert {"template", "unmarked"} <= planted.kinds()


def _look(planted: Planted, since: Moment, until: Moment) -> Look:
    ((photo, *box),) = planted.superuser.execute(
        "SELECT photo_id::text, x, y, width, height FROM officers_face WHERE id = %s", [planted.face]
    ).fetchall()
    return Look("measured", photo, since, until, box=(box[0], box[1], box[2], box[3]))


def test_measuring_is_judged_by_all_the_moments_it_may_have_been_in(planted: Planted) -> None:
    begin = planted.now()
    planted.do("UPDATE officers_face SET reviewed_at = NULL WHERE id = %s", planted.face)
    closed = planted.now()
    planted.do("UPDATE officers_face SET tagged_at = now() WHERE id = %s", planted.face)
    end = planted.now()
    before, after = _look(planted, begin, end), _look(planted, closed, end)
    planted.checker.judge([before, after])
    assert before.was_allowed, before.reasons
    assert not after.was_allowed
    assert "had no second look" in after.reasons[-1]


def test_a_snapshot_sees_what_was_committed_before_it() -> None:
    moment = Moment.read("10:15:10,12")
    assert [number for number in range(8, 17) if moment.sees(number)] == [8, 9, 11, 13, 14]


def test_the_seed_decides_the_world(scratch: Addresses) -> None:
    """Two databases, one seed, one world: only the interleaving is left to the machine."""
    worlds = []
    for number in (51, 52):
        with clone(scratch, number) as addresses, psycopg.connect(addresses.owner) as owner:
            worlds.append(make(seed=5, slot=1, admin=0, owner=owner))
    assert worlds[0] == worlds[1]
