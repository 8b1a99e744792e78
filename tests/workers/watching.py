"""Ways to feed, watch and disturb the real worker."""

import io
import os
import signal
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageOps

from officers import submissions
from officers.models import Department, Photo
from oversight.embedded.processes import wait_until
from oversight.models import OutboxEntry
from tests import factories
from tests.stack import Stack

HEADS = submissions.FIND_HEADS


def crowd(longest: int = 2600) -> bytes:
    """A street scene as large as a good camera's photo, so that finding the heads takes its time."""
    with Image.open(factories.DEMO / "scenes" / "01.jpg") as scene:
        large = ImageOps.contain(scene, (longest, longest))
        stream = io.BytesIO()
        large.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def send(where: Department, data: bytes | None = None) -> Photo:
    """Submit a photo as a stranger does: through the cage, into the record."""
    return submissions.receive(data=data or factories.picture(), department=where).photo


def entry_for(photo: Photo, job: str = HEADS) -> OutboxEntry:
    return OutboxEntry.objects.get(job=job, subject=str(photo.pk))


def is_done(entry: OutboxEntry) -> bool:
    return OutboxEntry.objects.filter(pk=entry.pk, state=OutboxEntry.State.DONE).exists()


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    assert wait_until(condition, seconds), f"not within {seconds:g} s: {what}"


def children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


class RunningJob:
    """A job between its claim and its end, and the processes that do it."""

    def __init__(self, stack: Stack, entry: OutboxEntry) -> None:
        process = stack.parts["worker"].process
        assert process is not None
        wait_for(lambda: self._is_claimed(entry), 40, "the job was claimed")
        _sweeper, self.horse = sorted(children(process.pid))  # in the order of their start
        self.entry = entry

    @staticmethod
    def _is_claimed(entry: OutboxEntry) -> bool:
        return OutboxEntry.objects.filter(pk=entry.pk, lease_token__isnull=False).exists()

    def freeze(self) -> None:
        """Stop it where it stands. Not before its parent is killed: an orphan that is stopped then gets SIGHUP."""
        os.kill(self.horse, signal.SIGSTOP)
        assert not is_done(self.entry), "the job was over before it could be stopped"

    def go_on(self) -> None:
        os.kill(self.horse, signal.SIGCONT)

    def kill(self) -> None:
        os.kill(self.horse, signal.SIGKILL)


def end_lease(entry: OutboxEntry) -> None:
    """As if the lease's time had passed: the tests of the full wait are in test_killed.py."""
    OutboxEntry.objects.filter(pk=entry.pk).update(lease_until="2000-01-01T00:00Z", hinted_at=None)
