"""Work promised in the same transaction, done at least once, counted exactly once.

`promise` writes a row beside what it is about; on commit Redis gets a hint. `sweep` repeats hints that got lost (a
flushed Redis, a killed worker). A job begins with `run`, which claims the row for a while; its effect and `settle`
share one transaction, so a worker that lost its claim (it hung, somebody else took over) cannot write twice.
"""

import logging
import random
import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from oversight import queues
from oversight.models import OutboxEntry
from oversight.queues import QueueAway

logger = logging.getLogger(__name__)

# Longer than a job may run, and short enough that a killed worker's job is done within a minute of the next start.
LEASE = timedelta(seconds=queues.JOB_SECONDS + 5)
REPEAT_HINT_AFTER = timedelta(seconds=15)
CLOCKS_DIFFER = timedelta(seconds=1)
MOST_HINTS = 500
MOST_TRIES = 5
MOST_CRASHES = 3
CRASHES = "crashes"
NO_FAILURES = ("gate_closed", "photo_is_gone", "run_is_gone")
KEEP_DONE = timedelta(days=1)
KEEP_DEAD = timedelta(days=30)


class LeaseLost(Exception):
    """Another worker holds this promise now: undo what was about to be written."""


class TryLater(Exception):
    """The job cannot be done right now, and says so in one word. `counts=False`: it waits for something of ours."""

    def __init__(self, code: str, seconds: float | None = None, *, counts: bool = True) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds
        self.counts = counts


class MoreToDo(Exception):
    """The job did a part, which is stored, and there is more: soon again, behind what is more urgent, tries anew."""


class GiveUp(Exception):
    """The job can never be done, and says so in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do one promise now."""

    entry_id: uuid.UUID
    subject: str
    token: uuid.UUID
    job: str = ""

    def hold(self) -> None:
        """Make sure, until the end of this transaction, that nobody else has this promise. Raises LeaseLost."""
        held = OutboxEntry.objects.select_for_update().filter(
            pk=self.entry_id, lease_token=self.token, state=OutboxEntry.State.WAITING
        )
        if not held.exists():
            raise LeaseLost

    def settle(self) -> None:
        """Mark the promise kept, inside the transaction of its effect. Raises LeaseLost."""
        held = OutboxEntry.objects.filter(
            pk=self.entry_id, lease_token=self.token, state=OutboxEntry.State.WAITING
        )
        now = timezone.now()
        if not held.update(state=OutboxEntry.State.DONE, settled_at=now, lease_token=None, last_error=""):
            raise LeaseLost


Work = Callable[[Claim], None]


def promise(*, job: str, subject: str, queue: str, due_at: datetime | None = None) -> None:
    """Promise `job` (a dotted name) for `subject` (an id). Promising twice while it waits is one promise.

    A promise made while that job runs already is one with it, too: what the job no longer sees, upkeep promises again.
    `due_at`: not before then; at once when left out. Call inside the transaction that makes the work necessary.
    """
    entry = OutboxEntry(job=job, subject=subject, queue=queue, due_at=due_at or timezone.now())
    OutboxEntry.objects.bulk_create([entry], ignore_conflicts=True)
    if due_at is None:
        transaction.on_commit(lambda: _hint_quietly(entry.pk))


def _hint_quietly(entry_id: uuid.UUID) -> None:
    """Give the hint for a promise, if it is there; a Redis that is away is the sweeper's business."""
    entry = OutboxEntry.objects.filter(pk=entry_id, state=OutboxEntry.State.WAITING).first()
    if entry is not None:
        try:
            _hint(entry)
        except QueueAway as error:
            logger.warning("No hint given, the sweeper will: %s", type(error).__name__)


def _hint(entry: OutboxEntry) -> None:
    queues.hint(job=entry.job, entry_id=str(entry.pk), queue_name=entry.queue)
    OutboxEntry.objects.filter(pk=entry.pk).update(hinted_at=timezone.now())


def sweep(*, fresh_start: bool = False) -> int:
    """Repeat the hints of promises that are due and that nobody works on. Returns how many were given.

    At a fresh start every due promise is hinted, because the hints of a killed worker are gone.
    A duplicate hint costs a moment (its claim fails), a lost one would cost a photo.
    """
    now = timezone.now()
    room = MOST_HINTS - sum(queues.lengths().values())
    if room <= 0:
        return 0
    unhinted = Q(hinted_at=None) | Q(hinted_at__lt=now - REPEAT_HINT_AFTER)
    unheld = Q(lease_until=None) | Q(lease_until__lt=now)
    with transaction.atomic():
        due = list(
            OutboxEntry.objects.select_for_update(skip_locked=True)
            .filter(
                unheld, Q() if fresh_start else unhinted, state=OutboxEntry.State.WAITING, due_at__lte=now
            )
            .order_by("due_at")[:room]
        )
        for entry in due:
            _hint(entry)
    return len(due)


def run(entry_id: str, work: Work) -> None:
    """Claim the promise, do `work(claim)`, and record how it went. Doing nothing is right when it is held or done."""
    claim = _claim(uuid.UUID(entry_id))
    if claim is None:
        return
    began = time.monotonic()
    try:
        work(claim)
    except LeaseLost:
        logger.info("Lost the lease of %s; another worker has it", entry_id)
    except MoreToDo:
        _go_on(claim)
    except TryLater as later:
        _postpone(claim, later.code, later.seconds, counts=later.counts)
    except GiveUp as final:
        _bury(claim, final.code)
    except Exception as error:
        logger.exception("Job failed: %s", type(error).__name__)
        _postpone(claim, type(error).__name__, None)
    finally:
        queues.count("job_seconds", claim.job, time.monotonic() - began)
        queues.count("jobs", claim.job)


def _claim(entry_id: uuid.UUID) -> Claim | None:
    now = timezone.now()
    token = uuid.uuid4()
    # A doubled hint must not cut a pause short, or one bad minute uses up all tries. Clocks may differ a little.
    free = OutboxEntry.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        pk=entry_id,
        state=OutboxEntry.State.WAITING,
        due_at__lte=now + CLOCKS_DIFFER,
    )
    lease = {"lease_token": token, "lease_until": now + LEASE, "running_as": queues.current_job()}
    if not free.update(**lease, tries=F("tries") + 1):
        return None
    entry = OutboxEntry.objects.get(pk=entry_id)
    claim = Claim(entry_id=entry_id, subject=entry.subject, token=token, job=entry.job)
    queues.count("job_wait_seconds", entry.job, max(0.0, (now - entry.due_at).total_seconds()))
    if entry.tries > MOST_TRIES + MOST_CRASHES:
        # It never came back to say why: it takes workers down with it.
        _bury(claim, CRASHES)
        return None
    return claim


def _postpone(claim: Claim, code: str, seconds: float | None, *, counts: bool = True) -> None:
    """Try again later, a little later each time; after the last try, give up where an admin sees it."""
    entry = OutboxEntry.objects.get(pk=claim.entry_id)
    if counts and entry.tries >= MOST_TRIES:
        _bury(claim, code)
        return
    wait = seconds if seconds is not None else random.uniform(1, 5 * 2**entry.tries)  # noqa: S311 - jitter, not a secret
    OutboxEntry.objects.filter(pk=claim.entry_id, lease_token=claim.token).update(
        due_at=timezone.now() + timedelta(seconds=wait),
        tries=entry.tries if counts else entry.tries - 1,
        lease_token=None,
        lease_until=None,
        hinted_at=None,
        last_error=code[:100],
    )


def _go_on(claim: Claim) -> None:
    free = {"lease_token": None, "lease_until": None, "hinted_at": None, "last_error": ""}
    OutboxEntry.objects.filter(pk=claim.entry_id, lease_token=claim.token).update(
        due_at=timezone.now(), tries=0, **free
    )
    _hint_quietly(claim.entry_id)


def _bury(claim: Claim, code: str) -> None:
    OutboxEntry.objects.filter(pk=claim.entry_id, lease_token=claim.token).update(
        state=OutboxEntry.State.DEAD, settled_at=timezone.now(), lease_token=None, last_error=code[:100]
    )
    if code not in NO_FAILURES:
        queues.count("jobs_given_up", claim.job)


def withdraw(*, job: str, subjects: Collection[str], why: str) -> int:
    """Take promises back, and stop those that run right now. Returns how many were taken back.

    A stopped job's claim is void at once, so that even a job that cannot be stopped writes nothing.
    """
    waiting = OutboxEntry.objects.filter(job=job, subject__in=subjects, state=OutboxEntry.State.WAITING)
    with transaction.atomic():
        running = list(
            waiting.select_for_update().exclude(running_as="").values_list("running_as", "lease_until")
        )
        withdrawn = waiting.update(
            state=OutboxEntry.State.DEAD, settled_at=timezone.now(), lease_token=None, last_error=why[:100]
        )
    for job_id, lease_until in running:
        if lease_until is not None and lease_until > timezone.now():
            queues.stop(job_id)
    return withdrawn


def unpromise(*, job: str, subject: str) -> None:
    """Forget a promise that is not needed any more and that nobody has begun."""
    OutboxEntry.objects.filter(job=job, subject=subject, state=OutboxEntry.State.WAITING, tries=0).delete()


def is_waiting(job: str, subject: str) -> bool:
    """Is this promised and not settled, done or given up?"""
    return OutboxEntry.objects.filter(job=job, subject=subject, state=OutboxEntry.State.WAITING).exists()


def given_up_subjects(*jobs: str) -> list[str]:
    """What these jobs were tried for in vain, as long as it is remembered."""
    dead = OutboxEntry.objects.filter(job__in=jobs, state=OutboxEntry.State.DEAD)
    return list(dead.values_list("subject", flat=True))


def waiting_subjects(job: str) -> list[str]:
    """What a job is promised for and not done."""
    return list(
        OutboxEntry.objects.filter(job=job, state=OutboxEntry.State.WAITING).values_list("subject", flat=True)
    )


def forget_settled() -> int:
    """Delete what was settled long ago: it names photos and questions that may be gone. Returns how many. Upkeep."""
    now, state = timezone.now(), OutboxEntry.State
    over = Q(state=state.DONE, settled_at__lt=now - KEEP_DONE) | Q(
        state=state.DEAD, settled_at__lt=now - KEEP_DEAD
    )
    deleted, _ = OutboxEntry.objects.filter(over).delete()
    return deleted


def given_up() -> QuerySet[OutboxEntry]:
    """What somebody may want done again: no longer tried, and not taken back on purpose."""
    return OutboxEntry.objects.filter(state=OutboxEntry.State.DEAD, tries__gt=0).exclude(
        last_error__in=NO_FAILURES
    )


@transaction.atomic
def replay(entry: OutboxEntry) -> None:
    """Promise a given-up entry's work again, in its place. It passes every check afresh."""
    OutboxEntry.objects.filter(pk=entry.pk, state=OutboxEntry.State.DEAD).delete()
    promise(job=entry.job, subject=entry.subject, queue=entry.queue)
