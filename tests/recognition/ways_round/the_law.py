"""Ways round the law's own words: places, spellings, dates, settings, and errors while it is asked."""

import contextlib
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from officers import departments, jurisdiction
from officers.models import Department, DepartmentState, Photo
from oversight import gate, storage
from oversight.embedded.programs import PROJECT
from oversight.gate import MatchingForbidden, Place, Reason, Stage
from oversight.illinois import _OUTLINE, near_illinois
from oversight.models import User
from recognition import identification, purge
from recognition.models import Candidate, Identification
from tests import factories
from tests.officers.test_submissions import CHICAGO, SAN_FRANCISCO, taken_at
from tests.oversight.test_gate import KNOWN, works_in
from tests.recognition.guard_world import World
from tests.recognition.searching import entry_of, face_of, work
from tests.recognition.test_guard_calendar import is_refused, move_calendar
from tests.recognition.test_guard_doors import assign, change
from tests.recognition.test_guard_ratchets import refuses_a_template
from tests.recognition.ways_round.agencies import AGENCIES
from tests.recognition.ways_round.context import Ways
from workers import faces

STRINGS = 10_000
POINTS = 1_000
DAY = timedelta(days=1)


def _refuses(world: World) -> bool:
    """Both copies of the law."""
    facts = jurisdiction.read_facts(
        department_id=world.department.pk, photo=world.photo, officer_ids=[world.officer.pk]
    )
    return gate.refusal(facts) is not None and refuses_a_template(world)


def two_departments_at_once(_ways: Ways) -> None:
    links: list[Callable[[World], object]] = [
        lambda w: assign(w, "IL"),
        lambda w: assign(w, "OH"),
        lambda w: DepartmentState.objects.create(department=w.department, state_id="IL"),
        lambda w: DepartmentState.objects.create(
            department=assign(w, "MI", allowed=True).department, state_id="IL"
        ),
        lambda w: w.officer.assignments.all().delete(),
    ]
    for link in links:
        world = World.make().enrol()
        link(world)
        assert world.measured() == (0, 0)
        assert _refuses(world)
    lawful = World.make().enrol()
    assign(lawful, "MI", allowed=True)
    assert lawful.measured() == (1, 1)


def odd_spellings(_ways: Ways) -> None:
    """Ten thousand words for a state: the gate allows none but a known code, and the table takes none."""
    chance = random.Random(11)  # noqa: S311
    letters = "ILil \t.,\u0406\u0399\uff29\uff2c\u2160\u0131\u200bXOHohinois\u00cd\u216c"
    for _ in range(STRINGS):
        word = "".join(chance.choice(letters) for _ in range(chance.randint(0, 9)))
        if word not in KNOWN - {"IL"}:
            assert gate.refusal(works_in(Place(word))) is not None, word
    odd: list[str | None] = ["Illinois", "il", "IL ", " IL", "I L", "\uff29\uff2c", "XX", "", None]
    for other in odd:
        world = World.make().enrol()
        try:
            with transaction.atomic():
                change(world.department, state_id=other)
                connection.check_constraints()
        except DatabaseError:
            continue
        assert world.measured() == (0, 0), other


def national_agencies(_ways: Ways) -> None:
    """Thirty agencies of every kind: allowed exactly where no place they list is in Illinois."""
    made = {}
    for name, seat, further in AGENCIES:
        where = factories.department(name=name, state=seat, allowed=seat != "IL")
        for state in further:
            DepartmentState.objects.create(department=where, state_id=state)
        Department.objects.filter(pk=where.pk).exclude(state="IL").update(
            is_facial_recognition_allowed=True,
            recognition_legal_basis=factories.LEGAL_BASIS,
            recognition_review_due=timezone.now().date() + DAY,
        )
        made[where.pk] = "IL" in (seat, *further)
    assert len(made) == 30
    reasons = jurisdiction.refusals(list(made))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, gate_department_allows(id) FROM officers_department")
        in_sql = dict(cursor.fetchall())
    for pk, works_there in made.items():
        assert (reasons[pk] is None, in_sql[pk]) == (not works_there, not works_there)
        assert not works_there or reasons[pk] is Reason.PLACE_PROHIBITED


def photo_taken_in_illinois(ways: Ways) -> None:
    chance = random.Random(13)  # noqa: S311
    inside = [(chance.uniform(38.0, 42.4), chance.uniform(-89.5, -88.0)) for _ in range(POINTS)]
    border = [(lat + chance.uniform(-0.04, 0.04), lon) for lat, lon in _OUTLINE for _ in range(25)]
    outside = [(chance.uniform(43.5, 49.0), chance.uniform(-124, -70)) for _ in range(POINTS)]
    assert len(border) >= POINTS
    assert all(near_illinois(*place) for place in inside + border)
    assert not any(near_illinois(*place) for place in outside)
    where = ways.department()
    there = factories.photo(where, jpeg=taken_at(factories.picture(50), CHICAGO))
    here = factories.photo(where, jpeg=taken_at(factories.picture(51), SAN_FRANCISCO))
    calls = ways.library.calls
    with pytest.raises(MatchingForbidden) as forbidden:
        identification.request(photo=there, department=where, box=face_of(there))
    assert forbidden.value.reason is Reason.PHOTO_PROHIBITED
    assert identification.request(photo=here, department=where, box=face_of(here))
    assert ways.library.calls == calls
    kept = repr(Photo.objects.filter(pk=there.pk).values().get())
    assert "41.8" not in kept and "87.6" not in kept  # noqa: PT018
    assert b"Exif" not in storage.read(there.key)


def settings_open_nothing(ways: Ways) -> None:
    """Every switch there is thrown open: the gate and the database say no as before."""
    illinois, off = factories.department(state="IL"), World.make(allowed=False)
    wide_open: dict[str, Any] = {
        "RECOGNITION_SWITCH": True,
        "DEBUG": True,
        "DEMO": True,
        "PRODUCTION": False,
        "OPERATOR_STATE": "OH",
        "COMPUTE_STATES": frozenset({"OH"}),
        "APP_DATABASE_ROLE": "oversight_owner",
        "DATABASE_OWNER_URL": "",
    }
    with override_settings(**wide_open):
        assert _refuses(off)
        assert gate.refusal(jurisdiction.read_facts(department_id=illinois.pk)) is Reason.PLACE_PROHIBITED
        with pytest.raises(ValidationError, match="law"):
            departments.allow_matching(
                department=illinois,
                by=factories.user(User.Role.ADMIN),
                legal_basis=factories.LEGAL_BASIS,
                review_due=timezone.now().date() + DAY,
            )
    with connection.cursor() as cursor:  # the database's copy reads no setting that a session could change
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'gate%%' AND prosrc LIKE '%%current_setting%%'"
        )
        assert cursor.fetchall() == [("gate_hold",)], "only to ask how old its snapshot is"
    code, said = _start(OVERSIGHT_OPERATOR_STATE="", OVERSIGHT_COMPUTE_STATES="")
    assert (code != 0, "recognition.E001" in said) == (True, True)


def operator_in_illinois(ways: Ways) -> None:
    where = ways.department()
    asked, calls = ways.ask(where), ways.library.calls
    ways.settings.COMPUTE_STATES = frozenset({"OH", "IL"})
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", Reason.COMPUTE_PLACE)
    ways.settings.OPERATOR_STATE = "IL"
    with pytest.raises(MatchingForbidden, match=Reason.OPERATOR_PLACE):
        ways.ask(where)
    assert ways.library.calls == calls
    code, said = _start(OVERSIGHT_OPERATOR_STATE="OH", OVERSIGHT_COMPUTE_STATES="OH,IL")
    assert (code != 0, "recognition.E002" in said) == (True, True)


def _start(**environment: str) -> tuple[int, str]:
    """What the web server and the worker do first, in production, in a process of its own."""
    fixed = {"OVERSIGHT_PRODUCTION": "1", "OVERSIGHT_SECRET_KEY": "s" * 60, "OVERSIGHT_HOSTS": "example.org"}
    command = [sys.executable, str(PROJECT / "manage.py"), "check"]
    env = {**os.environ, **fixed, **environment}
    done = subprocess.run(command, env=env, cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def midnight(ways: Ways) -> None:
    """The last day counts to its end in UTC, whatever zone the session or the machine is set to."""
    world, today = World.make(), datetime.now(UTC).date()
    change(world.department, recognition_review_due=today)
    app = ways.stack.connect("app")
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        app.execute(f"SET TIME ZONE '{zone}'".encode())
        assert app.execute("SELECT gate_today()").fetchone() == (datetime.now(UTC).date(),)
    world.enrol()
    assert gate.refusal(jurisdiction.read_facts(department_id=world.department.pk)) is None

    class Midnight(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Midnight":
            return cls(today.year, today.month, today.day, tzinfo=tz) + DAY

    ways.monkeypatch.setattr(jurisdiction, "datetime", Midnight)
    facts = jurisdiction.read_facts(department_id=world.department.pk)
    assert gate.refusal(facts) is Reason.REVIEW_EXPIRED
    move_calendar(ways.stack, 1)
    assert is_refused(world)
    assert purge.expired() == 1
    assert world.measured() == (0, 0)


def error_in_the_guard(ways: Ways) -> None:
    """A fault at each statement of a search, one after the other: allowed or not, none of them opens anything."""
    ways.quick()
    where = ways.department()
    asked = ways.ask(where)
    change(where, is_facial_recognition_allowed=False)
    calls = ways.library.calls
    number = 0
    while _fails_at(number, entry_of(asked)):
        assert ways.library.calls == calls, f"measured after a fault at statement {number}"
        assert not Candidate.objects.exists()
        number += 1
    assert number > 8
    for facts in (None, "facts", 1):
        with pytest.raises((TypeError, AttributeError)):
            gate.check(facts, Stage.COMPUTE)  # type: ignore[arg-type]


def _fails_at(number: int, entry: Any) -> bool:
    """Run the search anew with a fault at its `number`-th statement. Returns whether it has so many."""
    type(entry).objects.filter(pk=entry.pk).update(
        state="waiting", tries=0, due_at=timezone.now(), lease_until=None, lease_token=None
    )
    Identification.objects.update(state="waiting", reason="")
    left = number

    def fault(execute: Any, *asked: Any) -> Any:
        nonlocal left
        left -= 1
        if left == -1:
            raise OperationalError("a fault")
        return execute(*asked)

    with connection.execute_wrapper(fault), contextlib.suppress(OperationalError), transaction.atomic():
        faces.identify(str(entry.pk))
    return left < 0
