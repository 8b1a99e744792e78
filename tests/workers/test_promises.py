"""Work that cannot be done: tried again, later each time, and given up where an admin sees it. Counted exactly once."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty

from officers.models import Department
from oversight import outbox, queues
from oversight.models import OutboxEntry, User
from tests import factories

pytestmark = pytest.mark.django_db
JOB = "workers.photos.find_heads"


@pytest.fixture
def entry() -> OutboxEntry:
    outbox.promise(job=JOB, subject="7", queue=queues.PHOTOS)
    return OutboxEntry.objects.get()


def run(entry: OutboxEntry, work: outbox.Work) -> OutboxEntry:
    """Do it as a worker would whose turn has come."""
    OutboxEntry.objects.filter(pk=entry.pk, state="waiting").update(due_at=timezone.now())
    outbox.run(str(entry.pk), work)
    return OutboxEntry.objects.get(pk=entry.pk)


def settle(claim: outbox.Claim) -> None:
    with transaction.atomic():
        claim.settle()


def test_a_promise_is_made_once_while_it_waits_and_again_when_it_is_done(entry: OutboxEntry) -> None:
    outbox.promise(job=JOB, subject="7", queue=queues.PHOTOS)
    assert OutboxEntry.objects.count() == 1
    assert run(entry, settle).state == "done"
    outbox.promise(job=JOB, subject="7", queue=queues.PHOTOS)
    assert OutboxEntry.objects.count() == 2


def test_a_job_that_takes_too_long_is_parked_after_some_tries(entry: OutboxEntry) -> None:
    """Interrupted by the queue's own alarm, here after a second instead of JOB_SECONDS."""

    def never_ends(_claim: outbox.Claim) -> None:
        time.sleep(30)

    waits = []
    for tries in range(1, outbox.MOST_TRIES + 1):
        with UnixSignalDeathPenalty(1, JobTimeoutException):  # type: ignore[no-untyped-call]
            now = run(entry, never_ends)
        assert now.tries == tries
        waits.append(now.due_at - timezone.now())
    assert (now.state, now.last_error) == ("dead", "JobTimeoutException")
    assert all(timedelta(0) < wait < timedelta(seconds=5 * 2**5) for wait in waits[:-1])
    admin = Client()
    admin.force_login(factories.user(User.Role.ADMIN, is_staff=True, is_superuser=True))
    listed = admin.get("/administration/oversight/outboxentry/?state__exact=dead").content.decode()
    assert "Given up" in listed
    assert "JobTimeoutException" in listed


def test_a_job_that_takes_its_worker_down_is_parked_too(entry: OutboxEntry) -> None:
    """Each try is claimed and never heard of again."""
    for _ in range(outbox.MOST_TRIES + outbox.MOST_CRASHES):
        assert outbox._claim(entry.pk) is not None
        OutboxEntry.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox._claim(entry.pk) is None
    entry.refresh_from_db()
    assert (entry.state, entry.last_error) == ("dead", "crashes")


def test_waiting_for_something_of_ours_is_not_a_try(entry: OutboxEntry) -> None:
    def waits(_claim: outbox.Claim) -> None:
        raise outbox.TryLater("gallery_is_being_built", 2.0, counts=False)

    for _ in range(outbox.MOST_TRIES * 3):
        now = run(entry, waits)
    assert (now.state, now.tries, now.last_error) == ("waiting", 0, "gallery_is_being_built")


def test_what_is_held_is_not_begun_again(entry: OutboxEntry) -> None:
    begun: list[outbox.Claim] = []

    def work(claim: outbox.Claim) -> None:
        begun.append(claim)
        outbox.run(str(entry.pk), begun.append)
        settle(claim)

    assert run(entry, work).state == "done"
    assert run(entry, begun.append).state == "done"
    assert len(begun) == 1


def test_who_lost_the_lease_writes_nothing(entry: OutboxEntry) -> None:
    """The first worker hangs; a second takes over and settles; then the first wakes up."""
    made: list[str] = []

    def effect(name: str) -> outbox.Work:
        def work(claim: outbox.Claim) -> None:
            with transaction.atomic():
                factories.department(name=name)
                claim.settle()
            made.append(name)

        return work

    def hangs(claim: outbox.Claim) -> None:
        OutboxEntry.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        outbox.run(str(entry.pk), effect("second"))
        effect("first")(claim)

    assert run(entry, hangs).state == "done"
    assert made == ["second"]
    assert not Department.objects.filter(name="first").exists()


@pytest.mark.parametrize(
    ("settled", "state", "gone"),
    [(25, "done", True), (23, "done", False), (25, "dead", False), (24 * 31, "dead", True)],
)
def test_settled_promises_are_forgotten_in_time(
    entry: OutboxEntry, settled: int, state: str, gone: bool
) -> None:
    OutboxEntry.objects.update(state=state, settled_at=timezone.now() - timedelta(hours=settled))
    assert outbox.forget_settled() == int(gone)


def test_the_sweeper_repeats_hints_but_not_too_soon_and_not_of_what_is_held(entry: OutboxEntry) -> None:
    def hints() -> int:
        return sum(queues.lengths().values())

    assert outbox.sweep() == 1
    assert outbox.sweep() == 0
    OutboxEntry.objects.update(hinted_at=timezone.now() - outbox.REPEAT_HINT_AFTER * 2)
    assert outbox.sweep() == 1
    assert outbox.sweep(fresh_start=True) == 1
    assert hints() == 3
    OutboxEntry.objects.update(hinted_at=None, lease_until=timezone.now() + timedelta(seconds=9))
    assert outbox.sweep(fresh_start=True) == 0
    OutboxEntry.objects.update(lease_until=None, due_at=timezone.now() + timedelta(seconds=9))
    assert outbox.sweep(fresh_start=True) == 0
    OutboxEntry.objects.update(due_at=timezone.now(), state="done")
    assert outbox.sweep(fresh_start=True) == 0


def test_the_sweeper_survives_whatever_its_tasks_raise(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from workers import upkeep

    def breaks() -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(upkeep, "SWEEP_SECONDS", 0.0)
    assert upkeep._survives(breaks) is False
    assert "OSError" in caplog.text
    assert upkeep._survives(lambda: None) is True
