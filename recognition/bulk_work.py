"""The job of a bulk run: judge photos of one lane for some seconds, then let others have their turn.

Many photos a job, because a fork costs as much as a small photo; but each result is stored by itself, in one
transaction with the lane's place and counts, and only by whoever still holds the lane's promise. So a kill at any
moment costs the photo at hand and counts none twice. Fresh uploads come first: while any wait, the lane steps back.

A photo is noted before it is begun. One that took its worker down twice is put on the list of failures and passed by.
"""

import time
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone

from officers import heads
from officers.models import Photo
from oversight import outbox, queues, storage
from privacy.heads import Head
from recognition import bulk
from recognition.classification import loaded_backend, row_of, row_of_unsuitable
from recognition.models import BulkFailure, BulkLane, BulkRun, PresenceResult
from recognition.presence.base import Box, PhotoUnsuitable, PresenceUnavailable

WORK_SECONDS = 10.0
PHOTOS_AT_ONCE = 32
MOST_CRASHES = 2
STORAGE_PAUSE = 15.0
LONGEST_PAUSE = 300.0


def work(claim: outbox.Claim) -> None:
    """The job: go on with the lane that `claim.subject` names."""
    run, _, number = claim.subject.partition(":")
    lane = BulkLane.objects.select_related("run").filter(run=int(run), number=int(number)).first()
    if lane is None:
        raise outbox.GiveUp("run_is_gone")
    _pass_by_what_crashes(claim, lane)
    until = time.monotonic() + WORK_SECONDS
    is_at_end = True
    for photo in _photos(lane):
        if time.monotonic() > until or _is_urgent_work_waiting() or not _judge(claim, lane, photo):
            is_at_end = False
            break
    _leave(claim, lane, is_at_end=is_at_end)


def _photos(lane: BulkLane) -> Iterator[Photo]:
    """Failures to try again, then the rest in the order of their ids; few at a time, so that memory stays flat."""
    while photos := _next_photos(lane):
        yield from photos


def _next_photos(lane: BulkLane) -> list[Photo]:
    lane.refresh_from_db(fields=["cursor"])
    start, end = bulk.start_of(lane), bulk.end_of(lane)
    again = BulkFailure.objects.filter(run=lane.run_id, is_again=True, photo__gte=start, photo__lte=end)
    wanted: QuerySet[Photo] = Photo.objects.filter(pk__in=again.values("photo"))
    if not wanted.exists():
        wanted = bulk.photos_of(lane.run).filter(pk__gt=lane.cursor, pk__lte=end)
    return list(wanted.prefetch_related("heads").order_by("pk")[:PHOTOS_AT_ONCE])


def _is_urgent_work_waiting() -> bool:
    try:
        return queues.is_urgent_work_waiting()
    except queues.QueueAway:
        return False


def _judge(claim: outbox.Claim, lane: BulkLane, photo: Photo) -> bool:
    """Judge one photo and store what came of it. False: the run does not run any more."""
    try:
        jpeg = storage.read(photo.key)
    except FileNotFoundError:
        _store_failure(claim, lane, photo, "pixels_missing")
        return True
    except Exception as error:  # the storage is away, not the photo: wait for it, and blame no photo
        raise outbox.TryLater("storage_away", STORAGE_PAUSE, counts=False) from error
    if not _begin(lane, photo):
        return False
    found = heads.look_for(jpeg) if photo.heads_found_at is None else None
    boxes = [Box(h.x, h.y, h.width, h.height) for h in (photo.heads.all() if found is None else found)]
    asked_before = _requests()
    try:
        row = row_of(loaded_backend().classify(jpeg, boxes))
    except PhotoUnsuitable:
        row = row_of_unsuitable()
    except PresenceUnavailable as away:
        bulk.add_requests(lane, _requests() - asked_before)
        raise outbox.TryLater("model_unavailable", _pause(lane, away.retry_after), counts=False) from away
    _store(claim, lane, photo, row, found, _requests() - asked_before)
    return True


def _requests() -> int:
    """What the backend has asked of a service that charges for it, where it is one."""
    return int(getattr(loaded_backend(), "calls_made", 0))


def _pause(lane: BulkLane, wanted: float | None) -> float:
    """Twice as long after each refusal in a row, which the lane remembers: each job is a process of its own."""
    seconds = wanted or 1.0
    lane.refresh_from_db(fields=["pauses"])
    return (
        seconds if seconds > LONGEST_PAUSE else min(LONGEST_PAUSE, seconds * 2.0 ** min(lane.pauses - 1, 10))
    )


def _begin(lane: BulkLane, photo: Photo) -> bool:
    """Note the photo before it is touched. False when the run was paused or cancelled."""
    again = When(at_photo=photo.pk, then=F("at_tries") + 1)
    running = BulkLane.objects.filter(pk=lane.pk, run__state=BulkRun.State.RUNNING)
    return bool(running.update(at_tries=Case(again, default=Value(1)), at_photo=photo.pk))


@transaction.atomic
def _store(
    claim: outbox.Claim,
    lane: BulkLane,
    photo: Photo,
    row: dict[str, object],
    found: list[Head] | None,
    requests: int,
) -> None:
    claim.hold()
    is_there = Photo.objects.select_for_update().filter(pk=photo.pk).exists()
    if is_there:
        if found is not None:
            heads.keep(photo, found)
        PresenceResult.objects.update_or_create(photo=photo, defaults=row)
    _move_past(lane, photo, done=int(is_there), requests=requests)


def _move_past(lane: BulkLane, photo: Photo, *, done: int, requests: int = 0) -> None:
    """Count it, and go past it; a failure that was tried again lies before the lane's place already."""
    was_failure, _ = BulkFailure.objects.filter(run=lane.run_id, photo=photo.pk, is_again=True).delete()
    place = {} if was_failure else {"cursor": photo.pk}
    counts = {"done": F("done") + done, "requests": F("requests") + requests}
    BulkLane.objects.filter(pk=lane.pk).update(**place, **counts, at_photo=None, at_tries=0, pauses=0)


@transaction.atomic
def _store_failure(claim: outbox.Claim, lane: BulkLane, photo: Photo, reason: str) -> None:
    claim.hold()
    _move_past(lane, photo, done=0)
    if Photo.objects.select_for_update().filter(pk=photo.pk).exists():
        failed = {"reason": reason, "is_again": False, "failed_at": timezone.now()}
        BulkFailure.objects.update_or_create(run=lane.run, photo=photo, defaults=failed)


def _pass_by_what_crashes(claim: outbox.Claim, lane: BulkLane) -> None:
    if lane.at_photo is not None and lane.at_tries >= MOST_CRASHES:
        _store_failure(claim, lane, Photo(pk=lane.at_photo), "crashes")


def _leave(claim: outbox.Claim, lane: BulkLane, *, is_at_end: bool) -> None:
    """Settle where there is nothing more to do here, else come again. An admin who resumes meanwhile waits for this."""
    with transaction.atomic():
        run = BulkRun.objects.select_for_update().get(pk=lane.run_id)
        claim.hold()
        is_running = run.state == BulkRun.State.RUNNING
        is_at_end = is_at_end and not _next_photos(lane)  # an admin may just have wanted some tried again
        if is_running and is_at_end:
            bulk.finish_lane(lane, run)
        if is_at_end or not is_running:
            claim.settle()
            return
    raise outbox.MoreToDo
