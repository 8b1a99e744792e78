"""Bulk runs in one process: a backend that answers at once, and workers whose turns the test gives."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from officers.models import Department, Photo
from oversight import outbox
from oversight.models import OutboxEntry, User
from recognition import bulk, bulk_work
from recognition.models import BulkRun
from recognition.presence.base import Box, Decision, Presence
from tests import factories


class Backend:
    """In place of a model or a service: answers at once, counts, and does what the test wants first."""

    name = "test"

    def __init__(self) -> None:
        self.calls_made = 0
        self.meanwhile: Callable[[], object] | None = None
        self.troubles: list[BaseException] = []

    def load(self) -> None:
        """Nothing to load."""

    def classify(self, _jpeg: bytes, _heads: Sequence[Box]) -> Presence:
        self.calls_made += 1
        if self.meanwhile is not None:
            self.meanwhile()
        if self.troubles:
            raise self.troubles.pop(0)
        return Presence(0.25, Decision.REVIEW, (), (), "test", "1")


class WorkerDied(BaseException):
    """As if the process had been killed: nobody catches it."""


def held(count: int, where: Department | None = None) -> list[Photo]:
    where = where or factories.department()
    return [factories.photo(where, jpeg=factories.plain_picture(64, 48)) for _ in range(count)]


def waiting() -> list[OutboxEntry]:
    return list(OutboxEntry.objects.filter(job=bulk.WALK, state="waiting").order_by("subject"))


def work(rounds: int = 1) -> None:
    """Each lane has its turn, as a worker gives it, so many times."""
    for _ in range(rounds):
        for entry in waiting():
            OutboxEntry.objects.filter(pk=entry.pk).update(due_at=timezone.now(), lease_until=None)
            outbox.run(str(entry.pk), bulk_work.work)


def started(by: User, **chosen: Any) -> BulkRun:
    return bulk.start(BulkRun(**chosen), by=by)


def now(run: BulkRun) -> tuple[str, int, int]:
    run.refresh_from_db()
    found = bulk.progress(run)
    return run.state, found.done, found.failed
