"""Promised work: in the same transaction, at least once, with one effect, and given up where an admin sees it."""

import threading
import uuid
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis

from oversight import outbox, queues
from oversight.models import AuditEvent, OutboxEntry
from tests.stack import Stack

JOB = "workers.photos.find_heads"
State = OutboxEntry.State


def promise(subject: str = "1") -> OutboxEntry:
    with transaction.atomic():
        outbox.promise(job=JOB, subject=subject, queue=queues.PHOTOS)
    return OutboxEntry.objects.get(job=JOB, subject=subject, state=State.WAITING)


def run(entry: OutboxEntry, work: outbox.Work) -> OutboxEntry:
    outbox.run(str(entry.pk), work)
    entry.refresh_from_db()
    return entry


def settle(claim: outbox.Claim) -> None:
    with transaction.atomic():
        claim.settle()


def effect(claim: outbox.Claim) -> None:
    """Something that can be counted afterwards, in one transaction with the settling."""
    with transaction.atomic():
        AuditEvent.objects.create(actor="x", action="effect", subject="x", subject_id=claim.subject)
        claim.settle()


def effects() -> int:
    return AuditEvent.objects.filter(action="effect").count()


def raising(error: Exception) -> outbox.Work:
    def work(_claim: outbox.Claim) -> None:
        raise error

    return work


def make_due(entry: OutboxEntry) -> None:
    """As if time had passed: its pause, its lease and its last hint are over."""
    past = timezone.now() - timedelta(minutes=5)
    OutboxEntry.objects.filter(pk=entry.pk).update(due_at=past)
    OutboxEntry.objects.filter(pk=entry.pk, lease_until__isnull=False).update(lease_until=past)
    OutboxEntry.objects.filter(pk=entry.pk, hinted_at__isnull=False).update(hinted_at=past)


def hints() -> int:
    return sum(queues.lengths().values())


# --- the promise ------------------------------------------------------------------------------------------------


def test_a_promise_is_hinted_at_commit(stack: Stack) -> None:
    with transaction.atomic():
        outbox.promise(job=JOB, subject="1", queue=queues.PHOTOS)
        assert hints() == 0, "nobody may start before what it is about can be seen"
    assert queues.lengths() == {"faces": 0, "photos": 1, "bulk": 0}


def test_a_promise_that_is_rolled_back_leaves_nothing(stack: Stack) -> None:
    with transaction.atomic():
        outbox.promise(job=JOB, subject="1", queue=queues.PHOTOS)
        transaction.set_rollback(True)
    assert OutboxEntry.objects.count() == 0
    assert hints() == 0


@pytest.mark.django_db
def test_a_double_promise_is_one() -> None:
    assert promise() == promise()


@pytest.mark.django_db
def test_a_promise_kept_may_be_made_again() -> None:
    first = run(promise(), settle)
    second = promise()
    assert (first.state, second.state) == (State.DONE, State.WAITING)
    assert first != second


def test_of_concurrent_promises_one_is_left(stack: Stack) -> None:
    in_parallel(6, lambda: promise().pk)
    assert OutboxEntry.objects.count() == 1


def test_a_redis_that_is_away_breaks_no_request(
    stack: Stack, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Redis(unix_socket_path="/nonexistent/socket")
    monkeypatch.setattr(queues, "connection", lambda: nobody)
    entry = promise()
    monkeypatch.undo()
    assert (entry.hinted_at, hints()) == (None, 0)
    assert outbox.sweep() == 1
    assert hints() == 1


# --- the claim ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_kept_promise_is_settled_with_its_effect() -> None:
    entry = run(promise("7"), effect)
    assert (entry.state, entry.tries, entry.lease_token, effects()) == (State.DONE, 1, None, 1)


@pytest.mark.django_db
def test_a_doubled_hint_does_nothing() -> None:
    entry = promise()
    for _ in range(3):
        run(entry, effect)
    assert (entry.tries, effects()) == (1, 1)


@pytest.mark.django_db
def test_a_hint_for_nothing_does_nothing() -> None:
    outbox.run(str(uuid.uuid4()), raising(AssertionError()))


@pytest.mark.django_db
def test_nobody_starts_while_somebody_works() -> None:
    entry = promise()

    def work(claim: outbox.Claim) -> None:
        run(entry, raising(AssertionError("a second worker started")))
        effect(claim)

    assert run(entry, work).state == State.DONE
    assert effects() == 1


def test_of_concurrent_workers_one_works(stack: Stack) -> None:
    entry = promise()
    started = threading.Barrier(6)

    def work() -> None:
        started.wait()
        outbox.run(str(entry.pk), effect)

    in_parallel(6, work)
    entry.refresh_from_db()
    assert (entry.state, entry.tries, effects()) == (State.DONE, 1, 1)


@pytest.mark.django_db
def test_a_lost_lease_writes_nothing() -> None:
    """The first worker hung, a second one took over and finished; what the first one then writes is undone."""
    entry = promise()

    def hanging(claim: outbox.Claim) -> None:
        make_due(entry)
        run(entry, effect)
        effect(claim)

    assert run(entry, hanging).state == State.DONE
    assert (entry.tries, effects()) == (2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("late", [outbox.TryLater("later"), outbox.GiveUp("never"), ValueError("odd")])
def test_who_lost_the_lease_cannot_end_the_promise_either(late: Exception) -> None:
    entry = promise()

    def hanging(_claim: outbox.Claim) -> None:
        make_due(entry)
        OutboxEntry.objects.filter(pk=entry.pk).update(lease_token=uuid.uuid4())
        raise late

    assert run(entry, hanging).state == State.WAITING
    assert entry.last_error == ""


@pytest.mark.django_db
def test_what_is_withdrawn_cannot_be_settled() -> None:
    """guard-01, guard-21: a door closed while the job ran."""
    entry = promise()

    def work(claim: outbox.Claim) -> None:
        assert outbox.withdraw(job=JOB, subjects=["1"], why="gate_closed") == 1
        effect(claim)

    assert run(entry, work).state == State.DEAD
    assert (entry.last_error, effects()) == ("gate_closed", 0)
    run(entry, effect)
    assert effects() == 0


# --- the sweeper ---------------------------------------------------------------------------------------------------


def test_the_sweeper_repeats_hints_that_got_lost(stack: Stack) -> None:
    for number in range(5):
        promise(str(number))
    assert outbox.sweep() == 0, "they are hinted, and not long ago"
    queues.connection().flushall()
    assert (outbox.sweep(), hints()) == (0, 0)
    OutboxEntry.objects.update(hinted_at=timezone.now() - outbox.REPEAT_HINT_AFTER)
    assert (outbox.sweep(), hints()) == (5, 5)
    assert outbox.sweep() == 0


def test_at_a_fresh_start_every_due_promise_is_hinted(stack: Stack) -> None:
    promise()
    queues.connection().flushall()
    assert (outbox.sweep(fresh_start=True), hints()) == (1, 1)


@pytest.mark.django_db
def test_the_sweeper_leaves_alone_what_is_not_due_or_held_or_over() -> None:
    run(promise("done"), settle)
    run(promise("dead"), raising(outbox.GiveUp("x")))
    run(promise("later"), raising(outbox.TryLater("x", 60)))
    held = promise("held")

    def work(_claim: outbox.Claim) -> None:
        assert outbox.sweep(fresh_start=True) == 0

    run(held, work)
    make_due(held)
    assert outbox.sweep() == 1, "its worker never settled it, and its lease is over"


@pytest.mark.django_db
def test_the_sweeper_does_not_pile_up_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_HINTS", 3)
    for number in range(5):
        promise(str(number))
    queues.connection().flushall()
    assert (outbox.sweep(fresh_start=True), outbox.sweep(fresh_start=True), hints()) == (3, 0, 3)


@pytest.mark.django_db
def test_a_hint_carries_one_opaque_id_and_nothing_else() -> None:
    """guard-26."""
    entry = promise("a subject")
    outbox.sweep(fresh_start=True)
    redis = queues.connection()
    (job,) = queues.queue(queues.PHOTOS).jobs
    assert (job.func_name, list(job.args), job.kwargs, job.meta) == (JOB, [str(entry.pk)], {}, {})
    assert (job.description, job.result_ttl) == ("-", 0)
    kept: dict[Any, Any] = redis.hgetall(f"rq:job:{job.id}")
    assert b"a subject" not in zlib.decompress(kept.pop(b"data")) + b"".join(kept.values())


def in_parallel(number: int, act: Callable[[], object]) -> None:
    """Do `act` in threads, each with a database connection of its own."""
    failed: list[BaseException] = []

    def run_one() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run_one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
