"""guard_audit finds every lock that is missing, and the plugin refuses to start where nobody may run it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import connection

from recognition import checks, guard_audit
from tests.recognition.guard_world import World
from tests.stack import Stack

BROKEN: dict[str, tuple[str, str]] = {
    "a guard is gone": ("DROP TRIGGER gate_guard ON recognition_facetemplate", "trigger_missing"),
    "a purge is gone": ("DROP TRIGGER gate_purge ON officers_face", "trigger_missing"),
    "a ratchet is gone": ("DROP TRIGGER gate_ratchet ON officers_photo", "trigger_missing"),
    "a lock is gone": ("DROP TRIGGER gate_lock ON officers_assignment", "trigger_missing"),
    "a trigger sleeps in replicas": (
        "ALTER TABLE officers_officer ENABLE TRIGGER gate_ratchet",
        "trigger_not_always",
    ),
    "a trigger is switched off": (
        "ALTER TABLE officers_photofiling DISABLE TRIGGER gate_ratchet",
        "trigger_not_always",
    ),
    "a path is open": ("ALTER FUNCTION gate_today() RESET search_path", "search_path_not_pinned"),
    "a function is the app's": (
        "ALTER FUNCTION gate_today() OWNER TO oversight_app",
        "function_owned_by_app",
    ),
    "a table is the app's": ("ALTER TABLE officers_state OWNER TO oversight_app", "table_owned_by_app"),
    "the app may change the law": (
        "GRANT UPDATE ON officers_prohibitedplace TO oversight_app",
        "app_may_change",
    ),
    "the app may change the audit": (
        "GRANT DELETE ON oversight_auditevent TO oversight_app",
        "app_may_change",
    ),
    "templates are logged": ("ALTER TABLE recognition_facetemplate SET LOGGED", "table_is_logged"),
    "Illinois may be switched on": (
        "ALTER TABLE officers_department DROP CONSTRAINT no_face_matching_in_illinois",
        "constraint_missing",
    ),
    "a forbidden template lies there": (
        "ALTER TABLE recognition_facetemplate DISABLE TRIGGER USER;"
        "INSERT INTO recognition_facetemplate (face_id, officer_id, photo_id, engine, template, made_at)"
        " SELECT id, officer_id, photo_id, 'x', array_fill(0.1::real, array[128])::vector, now()"
        " FROM officers_face;"
        "ALTER TABLE recognition_facetemplate ENABLE TRIGGER USER",
        "forbidden_templates",
    ),
}


def codes() -> set[str]:
    return {finding.code for finding in guard_audit.findings()}


@pytest.mark.django_db
def test_the_list_of_locks_is_complete() -> None:
    """A trigger of the gate that nobody looks for could be dropped without anybody noticing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgname LIKE 'gate%'"
        )
        present = set(cursor.fetchall())
    assert present == {(table, name) for table, names in guard_audit.GUARDED.items() for name in names}


@pytest.mark.django_db
def test_a_whole_guard_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    World.make().enrol()
    call_command("guard_audit")
    assert "Every lock is in place; nothing forbidden is stored." in capsys.readouterr().out


@pytest.mark.parametrize(("harm", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_lock_is_found(stack: Stack, harm: str, code: str) -> None:
    World.make(allowed=False)
    assert codes() == set()
    superuser = stack.connect("superuser")
    superuser.execute(harm.encode())
    superuser.commit()
    assert code in codes()
    with pytest.raises(CommandError):
        call_command("guard_audit", verbosity=0)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, []),
        ({"OPERATOR_STATE": ""}, ["recognition.E001"]),
        ({"COMPUTE_STATES": frozenset()}, ["recognition.E001"]),
        ({"OPERATOR_STATE": "IL"}, ["recognition.E002"]),
        ({"COMPUTE_STATES": frozenset({"OH", "IL"})}, ["recognition.E002"]),
        ({"OPERATOR_STATE": "IL", "COMPUTE_STATES": frozenset()}, ["recognition.E001", "recognition.E002"]),
        ({"OPERATOR_STATE": "IL", "RECOGNITION_SWITCH": False}, []),
    ],
)
def test_the_plugin_does_not_start_where_it_must_not_run(
    settings: Any, changes: dict[str, object], errors: list[str]
) -> None:
    """guard-30, guard-31: in production. The gate refuses as well, whatever starts."""
    settings.PRODUCTION, settings.OPERATOR_STATE, settings.COMPUTE_STATES = True, "OH", frozenset({"OH"})
    for name, value in changes.items():
        setattr(settings, name, value)
    assert [error.id for error in checks.places_are_known()] == errors
    if errors:
        with pytest.raises(SystemCheckError):
            call_command("check", verbosity=0)
