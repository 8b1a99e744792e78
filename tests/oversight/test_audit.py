"""The audit log: written with the act or not at all, added to and never changed, and a change shows."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from officers import departments
from officers.models import Department
from oversight import audit
from oversight.models import AuditEvent, User
from tests import factories
from tests.stack import Stack

BASIS = "An opinion that was asked for in writing."


def do(*actions: str) -> None:
    subject = User(pk=7)
    for action in actions:
        with transaction.atomic():
            audit.record(by=None, action=action, subject=subject)


# --- with the act, or not at all ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_did_what_to_what() -> None:
    by = factories.user()
    audit.record(by=by, action="tagged a face", subject=by, officer=3)
    event = AuditEvent.objects.get()
    assert (event.actor_id, event.actor, event.action) == (by.pk, by.username, "tagged a face")
    assert (event.subject, event.subject_id, event.facts) == ("user", str(by.pk), {"officer": 3})
    assert json.loads(audit.as_line(event))["subject"] == f"user:{by.pk}"


@pytest.mark.django_db
@pytest.mark.parametrize(("facts", "actor"), [({}, audit.VISITOR), ({"actor": audit.SYSTEM}, audit.SYSTEM)])
def test_a_visitor_and_the_system_have_no_account(facts: dict[str, str], actor: str) -> None:
    audit.record(by=None, action="x", subject=User(pk=1), **facts)
    event = AuditEvent.objects.get()
    assert (event.actor_id, event.actor, event.facts) == (None, actor, {})


def test_outside_a_transaction_nothing_is_recorded(stack: Stack) -> None:
    with pytest.raises(RuntimeError):
        audit.record(by=None, action="x", subject=User(pk=1))
    assert not AuditEvent.objects.exists()


def test_an_act_that_cannot_be_recorded_is_undone(stack: Stack) -> None:
    """The disk of the log is full, say: here the app may not write to it for a moment."""
    by = factories.user(User.Role.ADMIN)
    department, allowed = factories.department(), factories.department(allowed=True)
    owner = stack.connect("owner")
    owner.execute("REVOKE INSERT ON oversight_auditevent FROM oversight_app")
    owner.commit()
    with pytest.raises(DatabaseError):
        departments.allow_matching(
            department=department,
            by=by,
            legal_basis=BASIS,
            review_due=timezone.now().date() + timedelta(days=9),
        )
    with pytest.raises(DatabaseError):
        departments.forbid_matching(department=allowed, by=by)
    assert [row.is_facial_recognition_allowed for row in Department.objects.order_by("pk")] == [False, True]


@pytest.mark.django_db
def test_an_act_that_is_undone_is_not_recorded() -> None:
    with transaction.atomic():
        audit.record(by=None, action="x", subject=User(pk=1))
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_an_act_that_was_refused_is_not_recorded() -> None:
    with pytest.raises(ValidationError):
        departments.allow_matching(
            department=factories.department(), by=factories.user(), legal_basis=BASIS, review_due=date.max
        )
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_the_row_outlives_what_it_describes() -> None:
    by = factories.user()
    audit.record(by=by, action="x", subject=by)
    by.delete()
    assert AuditEvent.objects.get().actor == by.username


# --- the chain ---------------------------------------------------------------------------------------------------


def test_sealing_goes_on_where_it_ended(stack: Stack) -> None:
    assert audit.seal() == 0
    do("one", "two")
    assert audit.seal() == 2
    do("three")
    assert (audit.seal(), audit.seal()) == (1, 0)
    assert list(AuditEvent.objects.order_by("place_in_chain").values_list("place_in_chain", "action")) == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
    ]
    assert audit.first_broken_link() is None


def test_a_row_that_is_committed_late_is_chained_late(stack: Stack) -> None:
    late = stack.connect("app")
    late.execute(
        "INSERT INTO oversight_auditevent (at, actor, action, subject, subject_id, facts)"
        " VALUES (now(), '', 'late', '', '', '{}')"
    )
    do("soon")
    assert audit.seal() == 1
    late.commit()
    assert audit.seal() == 1
    assert [event.action for event in AuditEvent.objects.order_by("place_in_chain")] == ["soon", "late"]
    assert audit.first_broken_link() is None


TAMPERING: dict[str, str] = {
    "another actor": "UPDATE oversight_auditevent SET actor = 'nobody' WHERE action = 'two'",
    "another time": "UPDATE oversight_auditevent SET at = at - interval '1 hour' WHERE action = 'two'",
    "other facts": """UPDATE oversight_auditevent SET facts = '{"a": 1}' WHERE action = 'two'""",
    "another number": "UPDATE oversight_auditevent SET id = 999 WHERE action = 'two'",
    "a row is gone": "DELETE FROM oversight_auditevent WHERE action = 'two'",
    "a row is gone, the others close up": "DELETE FROM oversight_auditevent WHERE action = 'two';"
    "UPDATE oversight_auditevent SET place_in_chain = 2 WHERE action = 'three'",
    "the first row is gone": "DELETE FROM oversight_auditevent WHERE action = 'one'",
    "two rows change places": "UPDATE oversight_auditevent SET place_in_chain = 99 WHERE action = 'two';"
    "UPDATE oversight_auditevent SET place_in_chain = 2 WHERE action = 'three';"
    "UPDATE oversight_auditevent SET place_in_chain = 3 WHERE action = 'two'",
    "a hash is gone": "UPDATE oversight_auditevent SET chain_hash = NULL WHERE action = 'two'",
    "a hash is another": "UPDATE oversight_auditevent SET chain_hash = sha256('x') WHERE action = 'two'",
    "a row is slipped in": "UPDATE oversight_auditevent SET place_in_chain = place_in_chain + 1"
    " WHERE action = 'three';"
    "INSERT INTO oversight_auditevent (at, actor, action, subject, subject_id, facts)"
    " VALUES (now(), '', 'x', '', '', '{}');"
    "UPDATE oversight_auditevent SET place_in_chain = 3, chain_hash = sha256('x') WHERE action = 'x'",
}


@pytest.mark.parametrize("tampering", TAMPERING.values(), ids=TAMPERING)
def test_tampering_shows(stack: Stack, tampering: str) -> None:
    do("one", "two", "three")
    audit.seal()
    superuser = stack.connect("superuser")
    superuser.execute(tampering.encode())
    superuser.commit()
    assert audit.first_broken_link() is not None


def test_the_app_chooses_neither_time_nor_place(stack: Stack) -> None:
    """A row of the app's own making comes in now, and at the end."""
    before = timezone.now()
    do("one")
    with transaction.atomic():
        AuditEvent.objects.create(
            action="forged", place_in_chain=1, chain_hash=bytes(32), at=datetime(2020, 1, 1, tzinfo=UTC)
        )
    forged = AuditEvent.objects.get(action="forged")
    assert (forged.place_in_chain, forged.chain_hash) == (None, None)
    assert forged.at >= before
    assert audit.seal() == 2
    assert audit.first_broken_link() is None


CHANGES: dict[str, Callable[[], object]] = {
    "update": lambda: AuditEvent.objects.update(actor="nobody"),
    "delete": lambda: AuditEvent.objects.all().delete(),
    "save": lambda: AuditEvent.objects.get().save(),
    "upsert": lambda: AuditEvent.objects.bulk_create(
        [AuditEvent(pk=AuditEvent.objects.get().pk, actor="nobody")],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["actor"],
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_app_adds_and_changes_nothing(change: Callable[[], object]) -> None:
    do("one")
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        change()
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    connection.check_constraints()
    assert AuditEvent.objects.get().actor == audit.VISITOR
