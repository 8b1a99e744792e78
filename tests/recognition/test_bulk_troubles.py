"""Bulk runs when something goes wrong: kills, poison, a busy service, missing pixels; nothing is counted twice."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.stub import Stubber
from django.utils import timezone

from officers import submissions
from officers.models import Photo
from oversight import outbox, storage
from oversight.models import OutboxEntry, User
from recognition import bulk, bulk_work
from recognition.models import BulkLane, PresenceResult
from recognition.presence.base import PhotoUnsuitable, PresenceUnavailable
from recognition.presence.rekognition import Rekognition
from tests import factories
from tests.recognition.bulk_world import Backend, WorkerDied, held, now, started, waiting, work
from tests.recognition.presence.test_rekognition import client as rekognition_client

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    made = Backend()
    monkeypatch.setattr(bulk_work, "loaded_backend", lambda: made)
    return made


@pytest.fixture
def admin() -> User:
    return factories.user(User.Role.ADMIN)


def test_pixels_that_are_gone_are_a_failure_that_can_be_tried_again(backend: Backend, admin: User) -> None:
    photos = held(12)
    jpegs = {photo.pk: storage.read(photo.key) for photo in photos[:3]}
    for photo in photos[:3]:
        storage.delete(photo.key)
    run = started(admin)
    work()
    assert now(run) == ("done", 9, 3)
    assert set(run.failures.values_list("reason", flat=True)) == {"pixels_missing"}
    storage.write(photos[0].key, jpegs[photos[0].pk])
    one = run.failures.get(photo=photos[0])
    bulk.retry(run, by=admin, failure=one.pk)
    work()
    assert now(run) == ("done", 10, 2)
    storage.write(photos[1].key, jpegs[photos[1].pk])
    bulk.retry(run, by=admin)
    work()
    assert now(run) == ("done", 11, 1)
    assert backend.calls_made == 11


def test_a_photo_that_kills_its_worker_twice_is_parked_and_the_rest_goes_on(
    backend: Backend, admin: User
) -> None:
    held(20)
    run = started(admin)
    lane = next(lane for lane in BulkLane.objects.filter(run=run) if bulk_work._next_photos(lane))
    poison = bulk_work._next_photos(lane)
    entry = OutboxEntry.objects.get(subject=bulk.subject(run.pk, lane.number))
    for _ in range(bulk_work.MOST_CRASHES):
        backend.troubles = [WorkerDied()]
        with pytest.raises(WorkerDied):
            outbox.run(str(entry.pk), bulk_work.work)
        OutboxEntry.objects.filter(pk=entry.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    assert now(run) == ("done", 19, 1)
    failure = run.failures.get()
    assert (failure.photo_id, failure.reason) == (poison[0].pk, "crashes")
    bulk.retry(run, by=admin)
    work()
    assert now(run) == ("done", 20, 0)


def test_killed_between_two_photos_nothing_is_counted_twice(backend: Backend, admin: User) -> None:
    held(25)
    run = started(admin)
    kills = 0
    while waiting():
        entry = waiting()[0]
        at = backend.calls_made + 3

        def die(at: int = at) -> None:
            if backend.calls_made == at:
                raise WorkerDied

        backend.meanwhile = die
        OutboxEntry.objects.filter(pk=entry.pk).update(lease_until=None)
        try:
            outbox.run(str(entry.pk), bulk_work.work)
        except WorkerDied:
            kills += 1
    assert kills >= 3
    assert now(run) == ("done", 25, 0)
    assert PresenceResult.objects.count() == 25
    assert backend.calls_made == 25 + kills


def test_who_lost_the_lane_writes_nothing(backend: Backend, admin: User) -> None:
    """A worker hangs in a photo; another takes the lane over; the first wakes up."""
    held(20)
    run = started(admin)
    lanes = Counter(photo.pk.int * bulk.LANES >> 128 for photo in Photo.objects.all())
    number, count = lanes.most_common(1)[0]
    entry = OutboxEntry.objects.get(job=bulk.WALK, subject=bulk.subject(run.pk, number))

    def taken_over() -> None:
        backend.meanwhile = None
        OutboxEntry.objects.filter(pk=entry.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        outbox.run(str(entry.pk), bulk_work.work)

    backend.meanwhile = taken_over
    outbox.run(str(entry.pk), bulk_work.work)
    assert BulkLane.objects.get(run=run, number=number).done == count
    assert PresenceResult.objects.count() == count
    assert backend.calls_made == count + 1


def test_a_busy_service_is_asked_later_each_time_and_every_request_is_counted(
    backend: Backend, admin: User, settings: Any
) -> None:
    settings.PRESENCE_BACKEND, settings.REKOGNITION_PRICE = "rekognition", Decimal("0.80")
    where = factories.department()
    held(1, where)
    run = started(admin)
    assert run.price == Decimal("0.80")
    assert bulk.cost(100_000, run.price) == Decimal("80.00")
    waits = []
    for _ in range(4):
        backend.troubles = [PresenceUnavailable("busy", 2.0)]
        work()
        (busy,) = [entry for entry in waiting() if entry.last_error]
        waits.append((busy.due_at - timezone.now()).total_seconds())
        assert (busy.last_error, busy.tries) == ("model_unavailable", 0)
    assert all(wait <= longest for wait, longest in zip(waits, [2, 4, 8, 16], strict=True))
    assert waits[-1] > 4  # of 16, on a machine however busy: it doubles
    assert BulkLane.objects.filter(run=run, pauses=4).exists()
    work()
    found = bulk.progress(run)
    assert (found.done, found.failed, found.requests) == (1, 0, 5)


def test_a_run_with_rekognition_counts_its_requests_and_asks_for_labels_alone(
    admin: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The real backend with botocore's stubber in place of the service: busy once, then an answer for each photo."""
    settings.PRESENCE_BACKEND, settings.REKOGNITION_PRICE = "rekognition", Decimal("1.00")
    made = rekognition_client()
    asked = Rekognition(make_client=lambda: made, jitter=lambda: 1.0)
    asked.load()
    monkeypatch.setattr(bulk_work, "loaded_backend", lambda: asked)
    held(3)
    run = started(admin)
    with Stubber(made) as stubber:
        stubber.add_client_error("detect_labels", "ThrottlingException", http_status_code=400)
        for _ in range(3):
            labels = [{"Name": "Police", "Confidence": 95.0, "Instances": []}]
            stubber.add_response("detect_labels", {"Labels": labels, "LabelModelVersion": "3.0"})
        work(rounds=2)
        stubber.assert_no_pending_responses()
    assert now(run) == ("done", 3, 0)
    assert bulk.progress(run).requests == 4
    assert asked.calls == {"DetectLabels": 4}
    assert set(PresenceResult.objects.values_list("decision", "backend")) == {("likely", "rekognition")}


def test_a_storage_that_is_away_blames_no_photo(
    backend: Backend, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(3)
    run = started(admin)

    def away(_key: str) -> bytes:
        raise OSError("no route to the bucket")

    with monkeypatch.context() as outage:
        outage.setattr(storage, "read", away)
        work(rounds=12)
    assert now(run) == ("running", 0, 0)
    assert bulk.progress(run).waits_for in {"storage_away", ""}
    work()
    assert now(run) == ("done", 3, 0)


def test_a_photo_that_cannot_be_read_has_an_answer_and_one_that_was_deleted_none(
    backend: Backend, admin: User
) -> None:
    held(1)
    run = started(admin)
    backend.troubles = [PhotoUnsuitable("too_small")]
    work()
    assert (now(run), PresenceResult.objects.get().decision) == (("done", 1, 0), "unsuitable")
    (gone,) = held(1)
    second = started(admin)
    backend.meanwhile = lambda: submissions.forget(gone)
    work()
    assert now(second) == ("done", 0, 0)


def test_a_lane_that_was_given_up_pauses_the_run_and_says_why(backend: Backend, admin: User) -> None:
    held(2)
    run = started(admin)
    OutboxEntry.objects.filter(pk=waiting()[0].pk).update(
        state="dead", last_error="OperationalError", settled_at=timezone.now()
    )
    bulk.watch()
    run.refresh_from_db()
    assert (run.state, run.trouble) == ("paused", "OperationalError")
    bulk.resume(run, by=admin)
    work()
    assert now(run) == ("done", 2, 0)
    assert run.trouble == ""
