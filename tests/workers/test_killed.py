"""Killed, flushed, cut off: at the next start the job is done within a minute, once.

The job is made slow by a large photo, and where needed stopped (SIGSTOP) where it stands, after its worker has claimed
it and before it has settled; nothing of the product is replaced. Only `test_everything_killed` waits for a lease to
run out by itself; the others let it end early.
"""

import time

import pytest
from rq.job import JobStatus

from officers.models import Department, FoundHead, Photo
from oversight import outbox, queues
from oversight.embedded.processes import is_alive
from oversight.embedded.supervisor import Keeper
from oversight.models import OutboxEntry
from tests.stack import Stack
from tests.workers.watching import RunningJob, crowd, end_lease, entry_for, is_done, send, wait_for

pytestmark = pytest.mark.stack
BOUND_SECONDS = 60


def assert_done_once(photo: Photo, entry: OutboxEntry, *, tries: int) -> None:
    entry.refresh_from_db()
    assert (entry.state, entry.tries, entry.last_error) == ("done", tries, "")
    assert OutboxEntry.objects.filter(job=entry.job, subject=entry.subject).count() == 1
    numbers = list(FoundHead.objects.filter(photo=photo).values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
    follow_ups = OutboxEntry.objects.filter(subject=entry.subject).exclude(job=entry.job)
    assert follow_ups.count() <= 1  # one question about police presence, where the plugin is there to ask it


def test_the_longest_job_fits_into_the_lease_and_the_lease_into_the_promise() -> None:
    """What the full wait below relies on: lease, then the next sweep, then the job itself with room to spare."""
    from workers import upkeep

    assert outbox.LEASE.total_seconds() > queues.JOB_SECONDS
    assert outbox.LEASE.total_seconds() + upkeep.SWEEP_SECONDS <= BOUND_SECONDS - 10


def test_everything_killed(stack: Stack, department: Department) -> None:
    """kill -9 of the worker with all its children, in the middle of a job."""
    stack.start_worker()
    photo = send(department, crowd())
    entry = entry_for(photo)
    RunningJob(stack, entry).freeze()
    stack.kill("worker", with_children=True)
    assert not is_done(entry)
    stack.start_worker()
    wait_for(lambda: is_done(entry), BOUND_SECONDS, "the job was done")
    assert_done_once(photo, entry, tries=2)


def test_the_orphan_of_a_killed_worker_finishes_and_nobody_does_it_again(
    stack: Stack, department: Department
) -> None:
    """kill -9 of the first process alone: the process that does the job lives on."""
    stack.start_worker()
    photo = send(department, crowd())
    entry = entry_for(photo)
    RunningJob(stack, entry)
    stack.kill("worker")
    assert not is_done(entry)
    stack.start_worker("second")
    wait_for(lambda: is_done(entry), 30, "the orphan finished")
    assert_done_once(photo, entry, tries=1)


def test_an_orphan_that_wakes_up_late_changes_nothing(stack: Stack, department: Department) -> None:
    stack.start_worker()
    photo = send(department, crowd())
    entry = entry_for(photo)
    job = RunningJob(stack, entry)
    stack.kill("worker")
    job.freeze()
    end_lease(entry)
    stack.start_worker("second")
    wait_for(lambda: is_done(entry), 40, "the second worker did it")
    settled_at = OutboxEntry.objects.get(pk=entry.pk).settled_at
    heads = list(FoundHead.objects.filter(photo=photo).values_list("pk", flat=True))
    job.go_on()
    wait_for(lambda: not is_alive(job.horse), 40, "the orphan ended")
    assert list(FoundHead.objects.filter(photo=photo).values_list("pk", flat=True)) == heads
    assert OutboxEntry.objects.get(pk=entry.pk).settled_at == settled_at
    assert_done_once(photo, entry, tries=2)


def test_the_job_alone_killed_and_the_queue_flushed_meanwhile(stack: Stack, department: Department) -> None:
    """The worker lives on and takes the job again; jobs whose hints were lost with the queue are found as well."""
    stack.start_worker()
    photo = send(department, crowd())
    entry = entry_for(photo)
    job = RunningJob(stack, entry)
    job.freeze()
    waiting = [send(department), send(department)]
    assert sum(queues.lengths().values()) >= 2
    job.kill()
    assert_the_failure_says_little(entry)
    queues.connection().flushall()
    end_lease(entry)
    wait_for(lambda: is_done(entry), 30, "the killed job was done")
    assert_done_once(photo, entry, tries=2)
    for other in waiting:
        wait_for(lambda other=other: is_done(entry_for(other)), 40, "a flushed job was done")  # type: ignore[misc]
        assert_done_once(other, entry_for(other), tries=1)


def assert_the_failure_says_little(entry: OutboxEntry) -> None:
    """A killed job stays in the queue's list of failures for a while: with its id, and nothing of the photo."""
    registry = queues.queue(queues.PHOTOS).failed_job_registry
    wait_for(lambda: len(registry) == 1, 20, "the queue noticed")
    failed = queues.queue(queues.PHOTOS).fetch_job(registry.get_job_ids()[0])
    assert failed is not None
    assert failed.get_status() is JobStatus.FAILED
    assert (failed.args, failed.description) == ([str(entry.pk)], "-")
    assert queues.connection().ttl(failed.key) <= queues.FAILURE_SECONDS


def test_photos_are_taken_while_the_queue_is_away(stack: Stack, department: Department) -> None:
    """Valkey is stopped, and the photo waits in the database. A worker that ends of it is started again, as always."""
    (valkey,) = (part for part in stack.services.parts if part.name == "valkey")
    keeper = Keeper(stack.start_worker(), started=time.monotonic())
    wait_for(lambda: bool(queues.connection().keys("rq:worker:*")), 40, "the worker takes jobs")
    valkey.stop()
    try:
        begun = time.monotonic()
        photo = send(department)
        assert time.monotonic() - begun < 10
        entry = entry_for(photo)
        assert (entry.state, entry.hinted_at) == ("waiting", None)
        assert (stack.data / "photos" / photo.key).exists()
    finally:
        valkey.start()
        valkey.wait_until_ready()

    def done_while_kept() -> bool:
        keeper.tend(time.monotonic())
        return is_done(entry)

    wait_for(done_while_kept, 60, "the photo was looked at")
    assert_done_once(photo, entry, tries=1)
