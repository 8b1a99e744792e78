"""The real worker on the real PostgreSQL and Valkey: what is promised is done, and the queue learns nothing by it."""

import json
import os
import signal
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from redis import Redis

from officers import submissions
from officers.models import Department, FoundHead, Photo
from oversight import queues
from oversight.models import OutboxEntry
from tests import factories
from tests.stack import Stack
from tests.workers.watching import HEADS, children, entry_for, send, wait_for

pytestmark = pytest.mark.stack
LONGEST_VALUE = 512
PLUGIN = apps.is_installed("recognition")


def everything_in(valkey: Redis) -> Iterator[tuple[bytes, bytes]]:
    """Every key with every value below it, whatever its type; compressed ones unpacked."""
    for key in valkey.scan_iter():
        for value in _values(valkey, key):
            try:
                yield key, zlib.decompress(value)
            except zlib.error:
                yield key, value


def _values(valkey: Any, key: bytes) -> Iterator[bytes]:
    kind = valkey.type(key)
    if kind == b"string":
        yield valkey.get(key) or b""
    elif kind == b"hash":
        for field, value in valkey.hgetall(key).items():
            yield from (field, value)
    elif kind == b"list":
        yield from valkey.lrange(key, 0, -1)
    elif kind == b"set":
        yield from valkey.smembers(key)
    elif kind == b"zset":
        yield from valkey.zrange(key, 0, -1)
    else:
        raise AssertionError(f"{key!r} is a {kind!r}: look into that as well")


def holds_measurements(value: bytes) -> bool:
    """Several numbers in a row, as JSON: what a box, a score list or a template would look like."""
    try:
        content = json.loads(value)
    except ValueError:
        return False
    return isinstance(content, list) and sum(isinstance(part, int | float) for part in content) > 1


def assert_says_little(valkey: Redis) -> None:
    for key, value in everything_in(valkey):
        assert len(value) <= LONGEST_VALUE, key
        assert not holds_measurements(value), (key, value)


def test_a_photo_is_looked_at_within_seconds(stack: Stack, department: Department) -> None:
    stack.start_worker()
    photo = send(department)
    wait_for(
        lambda: Photo.objects.filter(pk=photo.pk, heads_found_at__isnull=False).exists(), 40, "heads found"
    )
    assert FoundHead.objects.filter(photo=photo).count() == 1
    if PLUGIN:
        from recognition.models import PresenceResult

        wait_for(lambda: PresenceResult.objects.filter(photo=photo).exists(), 20, "police presence judged")
        stored = PresenceResult.objects.get(photo=photo)
        assert stored.decision in {"likely", "review", "none_found"}
        assert 0 <= stored.score <= 1
    done = OutboxEntry.objects.filter(state="done", subject=str(photo.pk))
    assert sorted(done.values_list("tries", flat=True)) == ([1, 1] if PLUGIN else [1])
    assert_nothing_is_left_in_the_queue()


def assert_nothing_is_left_in_the_queue() -> None:
    valkey = queues.connection()
    wait_for(lambda: not list(valkey.scan_iter("rq:job:*")), 10, "the finished jobs left the queue")
    assert not list(valkey.scan_iter("rq:results:*"))
    assert_says_little(valkey)


def test_the_queue_holds_one_id_for_each_job_and_nothing_else(stack: Stack, department: Department) -> None:
    photos = [send(department), send(department)]
    valkey = queues.connection()
    jobs = queues.queue(queues.PHOTOS).jobs
    expected = [str(entry_for(photo).pk) for photo in photos]
    assert [(job.func_name, job.args, job.kwargs) for job in jobs] == [
        (HEADS, [entry], {}) for entry in expected
    ]
    assert {job.description for job in jobs} == {"-"}
    assert {(job.result_ttl, job.failure_ttl, job.timeout) for job in jobs} == {
        (0, queues.FAILURE_SECONDS, queues.JOB_SECONDS)
    }
    assert_says_little(valkey)
    for key, value in everything_in(valkey):
        assert not any(photo.pk.hex.encode() in value.replace(b"-", b"") for photo in photos), key


def test_no_bytes_are_left_of_a_deleted_photo_nor_after_a_crash(stack: Stack, department: Department) -> None:
    """A crash between the bytes and the row leaves the bytes and the promise that was made before them."""
    orphan = Photo(department=department)
    submissions._promise_erasure(orphan)
    left = stack.data / "photos" / orphan.key
    left.parent.mkdir(parents=True)
    left.write_bytes(factories.picture(1))
    photo = send(department)
    file = stack.data / "photos" / photo.key
    assert file.exists()
    submissions.forget(photo)
    assert not file.exists()
    file.write_bytes(b"as if the deletion had failed")
    stack.start_worker()
    wait_for(lambda: not (left.exists() or file.exists()), 60, "the worker erased both")


def test_the_worker_ends_when_its_sweeper_does(stack: Stack) -> None:
    worker = stack.start_worker()
    assert worker.process is not None
    pid = worker.process.pid
    wait_for(lambda: bool(queues.connection().keys("rq:worker:*")), 40, "the worker takes jobs")
    (sweeper,) = children(pid)
    os.kill(sweeper, signal.SIGKILL)
    wait_for(lambda: worker.exit_code() is not None, 15, "the worker ended")
