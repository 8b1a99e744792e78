"""Bulk runs over legacy photos: what an admin chooses, starts, pauses, resumes, cancels and retries, and how far it is.

A run is walked in a few lanes, each an equal share of all photo ids with one promise of its own (recognition/
bulk_work.py): never more rows or jobs than lanes, however many photos. One run runs at a time, so that no photo is
judged, and perhaps paid for, twice.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils import timezone

from officers.models import ImportedFile, Photo
from officers.submissions import FIND_HEADS
from oversight import audit, outbox, queues
from oversight.models import OutboxEntry, User
from recognition.classification import CLASSIFY
from recognition.models import BulkFailure, BulkLane, BulkRun, PresenceResult

WALK = "workers.presence.classify_many"
LANES = 8
"""So many workers can share a run. Each lane is an eighth of all photo ids, which are random."""
_SHARE = 2**128 // LANES
PAID_FOR = {"rekognition"}
OPEN = (BulkRun.State.RUNNING, BulkRun.State.PAUSED)
ALREADY_RUNNING = "Another run is going on. Wait until it ends, or pause or cancel it."


def photos_of(run: BulkRun) -> QuerySet[Photo]:
    """The photos that a run, stored or only chosen, would judge now.

    A fresh upload that waits for its own turn is left to that.
    """
    photos = Photo.objects.kept().filter(~_is_waiting_anyway())
    if run.department_id:
        photos = photos.filter(department=run.department_id)
    if run.received_from:
        photos = photos.filter(received_on__gte=run.received_from)
    if run.received_until:
        photos = photos.filter(received_on__lte=run.received_until)
    if run.source_id:
        photos = photos.filter(
            Exists(ImportedFile.objects.filter(source=run.source_id, photo=OuterRef("pk")))
        )
    if run.is_only_unclassified:
        photos = photos.filter(~Exists(PresenceResult.objects.filter(photo=OuterRef("pk"))))
    return photos


def _is_waiting_anyway() -> Exists:
    promised = Q(job=CLASSIFY) | Q(job=FIND_HEADS, queue=queues.PHOTOS)
    return Exists(
        OutboxEntry.objects.filter(
            promised, state=OutboxEntry.State.WAITING, subject=Cast(OuterRef("pk"), CharField())
        )
    )


def price() -> Decimal | None:
    """For 1,000 photos, as the site's operator has set it; None where judging costs nothing but time."""
    return settings.REKOGNITION_PRICE if settings.PRESENCE_BACKEND in PAID_FOR else None


def cost(requests: int, per_thousand: Decimal | None) -> Decimal | None:
    """What so many requests cost, to the cent."""
    if per_thousand is None:
        return None
    return (requests * per_thousand / 1000).quantize(Decimal("0.01"))


def start(run: BulkRun, *, by: User | None) -> BulkRun:
    """Begin a chosen run. `by=None`: from the command line. Raises ValidationError when it cannot begin now."""
    run.total = photos_of(run).count()
    run.backend, run.price = settings.PRESENCE_BACKEND, price()
    if not run.total:
        raise ValidationError("There is no such photo that waits to be judged.")
    with transaction.atomic():
        _save_as_running(run)
        BulkLane.objects.bulk_create(
            BulkLane(run=run, number=number, cursor=uuid.UUID(int=number * _SHARE)) for number in range(LANES)
        )
        _promise_lanes(run)
        _record(run, by, "started a bulk run", photos=run.total)
    return run


def pause(run: BulkRun, *, by: User | None) -> None:
    """Stop after the photo at hand. Raises ValidationError when it does not run."""
    _change(run, {BulkRun.State.RUNNING}, BulkRun.State.PAUSED, by, "paused a bulk run")


def cancel(run: BulkRun, *, by: User | None) -> None:
    """Stop for good; what was judged stays. Raises ValidationError when it is over."""
    _change(run, set(OPEN), BulkRun.State.CANCELLED, by, "cancelled a bulk run")


@transaction.atomic
def _change(
    run: BulkRun, expected: set[BulkRun.State], to: BulkRun.State, by: User | None, action: str
) -> None:
    locked = _locked(run, expected)
    locked.state = to
    locked.ended_at = timezone.now() if to == BulkRun.State.CANCELLED else None
    locked.save()
    _record(locked, by, action)


def resume(run: BulkRun, *, by: User | None) -> None:
    """Go on where it was paused. Raises ValidationError."""
    with transaction.atomic():
        _go_on(_locked(run, {BulkRun.State.PAUSED}))
        _record(run, by, "resumed a bulk run")


def retry(run: BulkRun, *, by: User | None, failure: int | None = None) -> None:
    """Try a run's failures again, or one of them. Raises ValidationError when that cannot be."""
    with transaction.atomic():
        locked = _locked(run, {BulkRun.State.RUNNING, BulkRun.State.PAUSED, BulkRun.State.DONE})
        failures = BulkFailure.objects.filter(run=run, is_again=False)
        if failure is not None:
            failures = failures.filter(pk=failure)
        if not (count := failures.update(is_again=True)):
            raise ValidationError("Nothing of this run has failed.")
        BulkLane.objects.filter(run=run).update(is_finished=False)
        _go_on(locked)
        _record(locked, by, "retried failures of a bulk run", photos=count)


def _go_on(run: BulkRun) -> None:
    run.trouble, run.ended_at = "", None
    run.rate_since, run.rate_from = timezone.now(), progress(run).over
    _save_as_running(run)
    BulkLane.objects.filter(run=run).update(at_photo=None, at_tries=0, pauses=0)
    _promise_lanes(run)


def _save_as_running(run: BulkRun) -> None:
    run.state = BulkRun.State.RUNNING
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as other:
        raise ValidationError(ALREADY_RUNNING) from other


def _locked(run: BulkRun, expected: set[BulkRun.State]) -> BulkRun:
    """Whoever changes a run, or leaves it as the last worker, waits here for the others."""
    locked = BulkRun.objects.select_for_update().get(pk=run.pk)
    if locked.state not in expected:
        raise ValidationError(f"The run is {locked.get_state_display().lower()} already.")
    return locked


def _promise_lanes(run: BulkRun) -> None:
    for number in run.lanes.filter(is_finished=False).values_list("number", flat=True):
        outbox.promise(job=WALK, subject=subject(run.pk, number), queue=queues.BULK)


def subject(run: int, lane: int) -> str:
    """How a lane is called in its promise."""
    return f"{run}:{lane}"


def _record(run: BulkRun, by: User | None, action: str, **facts: object) -> None:
    audit.record(by=by, action=action, subject=run, **(facts if by else {**facts, "actor": audit.SYSTEM}))


def watch() -> None:
    """Pause a run of which a lane was given up: an admin sees why, and may resume it. Upkeep."""
    for run in BulkRun.objects.filter(state=BulkRun.State.RUNNING):
        with transaction.atomic():
            locked = BulkRun.objects.select_for_update().get(pk=run.pk)
            unfinished = locked.lanes.filter(is_finished=False).values_list("number", flat=True)
            names = {subject(run.pk, number) for number in unfinished}
            lost = names - set(outbox.waiting_subjects(WALK))
            if locked.state == BulkRun.State.RUNNING and lost:
                locked.state, locked.trouble = BulkRun.State.PAUSED, _why_given_up(lost)
                locked.save()


def _why_given_up(subjects: set[str]) -> str:
    dead = OutboxEntry.objects.filter(job=WALK, subject__in=subjects, state=OutboxEntry.State.DEAD)
    last = dead.order_by("-settled_at").first()
    return last.last_error if last else "lost"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `rate`: photos a second since it last began, `seconds_left`: None where nobody can say yet."""

    total: int
    done: int
    failed: int
    requests: int
    rate: float
    seconds_left: float | None
    waits_for: str

    @property
    def over(self) -> int:
        """Photos that need nothing more."""
        return self.done + self.failed


def progress(run: BulkRun) -> Progress:
    """Read from the lanes, which change together with the results. Three queries."""
    sums = run.lanes.aggregate(done=Sum("done"), requests=Sum("requests"))
    failed = run.failures.aggregate(count=Count("pk", filter=Q(is_again=False)))["count"]
    done = sums["done"] or 0
    since = max((timezone.now() - run.rate_since) / timedelta(seconds=1), 1.0)
    rate = max(done + failed - run.rate_from, 0) / since if run.state == BulkRun.State.RUNNING else 0.0
    left = max(run.total - done - failed, 0)
    return Progress(
        total=max(run.total, done + failed),
        done=done,
        failed=failed,
        requests=sums["requests"] or 0,
        rate=rate,
        seconds_left=left / rate if rate else None,
        waits_for=_waits_for(run) if run.state == BulkRun.State.RUNNING else "",
    )


def _waits_for(run: BulkRun) -> str:
    """The word that all its waiting lanes give for not going on right now, or nothing."""
    lanes = OutboxEntry.objects.filter(
        job=WALK, subject__startswith=f"{run.pk}:", state=OutboxEntry.State.WAITING
    )
    words = set(lanes.values_list("last_error", flat=True))
    return words.pop() if len(words) == 1 else ""


def finish_lane(lane: BulkLane, run: BulkRun) -> None:
    """A lane has come to its end; with the last one the run has. Hold the run's row."""
    BulkLane.objects.filter(pk=lane.pk).update(is_finished=True, at_photo=None, at_tries=0)
    if not run.lanes.filter(is_finished=False).exists():
        found = progress(run)
        BulkRun.objects.filter(pk=run.pk).update(
            state=BulkRun.State.DONE, ended_at=timezone.now(), total=found.over
        )


def add_requests(lane: BulkLane, requests: int) -> None:
    """Count what the service was asked, whatever it answered: each request may be charged."""
    BulkLane.objects.filter(pk=lane.pk).update(
        requests=F("requests") + requests, pauses=F("pauses") + 1, at_photo=None, at_tries=0
    )


def start_of(lane: BulkLane) -> uuid.UUID:
    """Where a lane's photo ids begin."""
    return uuid.UUID(int=lane.number * _SHARE)


def end_of(lane: BulkLane) -> uuid.UUID:
    """The last photo id that is a lane's."""
    return uuid.UUID(int=(lane.number + 1) * _SHARE - 1)
