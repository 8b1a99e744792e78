"""Bulk runs: what is chosen, each photo judged once, pause, resume, cancel. In one process."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from officers.models import ImportedFile, ImportSource, Photo
from oversight import outbox, queues
from oversight.models import AuditEvent, OutboxEntry, User
from recognition import bulk, bulk_work, classification
from recognition.classification import CLASSIFY
from recognition.models import BulkFailure, BulkRun, PresenceResult
from tests import factories
from tests.recognition.bulk_world import Backend, held, now, started, waiting, work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    made = Backend()
    monkeypatch.setattr(bulk_work, "loaded_backend", lambda: made)
    return made


@pytest.fixture
def admin() -> User:
    return factories.user(User.Role.ADMIN)


def actions() -> list[str]:
    return list(AuditEvent.objects.filter(subject="bulkrun").order_by("pk").values_list("action", flat=True))


def test_every_photo_is_judged_once_and_a_second_run_does_only_what_is_left(
    backend: Backend, admin: User
) -> None:
    photos = held(40)
    run = started(admin)
    assert (run.total, len(waiting())) == (40, bulk.LANES)
    work()
    assert now(run) == ("done", 40, 0)
    assert backend.calls_made == 40
    assert set(PresenceResult.objects.values_list("photo", flat=True)) == {photo.pk for photo in photos}
    assert not waiting()
    with pytest.raises(ValidationError, match="no such photo"):
        started(admin)
    held(3)
    again = started(admin)
    work()
    assert (again.total, backend.calls_made) == (3, 43)
    everything = started(admin, is_only_unclassified=False)
    work()
    assert now(everything) == ("done", 43, 0)
    assert backend.calls_made == 86


def test_what_is_chosen(backend: Backend, admin: User) -> None:
    a, b = factories.department(), factories.department()
    old, new, other = held(1, a)[0], held(1, a)[0], held(1, b)[0]
    Photo.objects.filter(pk=old.pk).update(received_on="2020-05-05")
    question = factories.photo(a, expires_at=timezone.now() + timedelta(hours=1))
    fresh = factories.photo(a, is_examined=False)
    asked = held(1, a)[0]
    outbox.promise(job=CLASSIFY, subject=str(asked.pk), queue=queues.PHOTOS)
    source = ImportSource.objects.create(place="somewhere", department=a)
    ImportedFile.objects.create(source=source, key="1", size=1, etag="1", photo=new, state="stored")

    def chosen(**choice: Any) -> set[Any]:
        return set(bulk.photos_of(BulkRun(**choice)).values_list("pk", flat=True))

    assert chosen() == {old.pk, new.pk, other.pk}
    assert chosen(department=b) == {other.pk}
    assert chosen(received_until=timezone.now().date() - timedelta(days=1)) == {old.pk}
    assert chosen(received_from=timezone.now().date(), department=a) == {new.pk}
    assert chosen(source=source) == {new.pk}
    assert not {question.pk, fresh.pk, asked.pk} & chosen(is_only_unclassified=False)


def test_heads_are_found_on_the_way_where_nobody_looked_yet(backend: Backend, admin: User) -> None:
    photo = factories.photo(factories.department(), jpeg=factories.picture(1))
    Photo.objects.filter(pk=photo.pk).update(heads_found_at=None)
    started(admin)
    work()
    photo.refresh_from_db()
    assert photo.heads_found_at
    assert photo.heads.count() == 1
    assert not OutboxEntry.objects.filter(job=CLASSIFY).exists()


def test_pause_resume_cancel(backend: Backend, admin: User) -> None:
    held(30)
    run = started(admin)

    def pause_at_ten() -> None:
        if backend.calls_made == 10:
            bulk.pause(run, by=admin)

    backend.meanwhile = pause_at_ten
    work()
    assert now(run) == ("paused", 10, 0)
    assert not waiting()
    with pytest.raises(ValidationError, match="paused already"):
        bulk.pause(run, by=admin)
    bulk.resume(run, by=admin)
    work()
    assert now(run) == ("done", 30, 0)
    held(5)
    second = started(admin)
    bulk.cancel(second, by=admin)
    work()
    assert now(second) == ("cancelled", 0, 0)
    for act in (bulk.resume, bulk.cancel, bulk.retry):
        with pytest.raises(ValidationError):
            act(second, by=admin)
    assert actions() == [
        "started a bulk run",
        "paused a bulk run",
        "resumed a bulk run",
        "started a bulk run",
        "cancelled a bulk run",
    ]


def test_one_run_at_a_time(backend: Backend, admin: User) -> None:
    held(4)
    first = started(admin)
    with pytest.raises(ValidationError, match="Another run"):
        started(admin)
    bulk.pause(first, by=admin)
    second = started(admin)
    with pytest.raises(ValidationError, match="Another run"):
        bulk.resume(first, by=admin)
    work()
    assert now(second) == ("done", 4, 0)
    bulk.resume(first, by=admin)
    work()
    assert now(first) == ("done", 0, 0)
    assert backend.calls_made == 4


def test_fresh_uploads_go_first(backend: Backend, admin: User) -> None:
    held(12)
    run = started(admin)
    queues.hint(job="workers.photos.find_heads", entry_id="1", queue_name=queues.PHOTOS)
    work()
    assert backend.calls_made == 0
    assert {entry.tries for entry in waiting()} == {0}
    queues.connection().flushall()
    work()
    assert now(run) == ("done", 12, 0)


def test_queries_do_not_grow_with_the_record(
    backend: Backend, admin: User, django_assert_max_num_queries: Any
) -> None:
    held(20)
    with django_assert_max_num_queries(24):
        run = started(admin)
    with django_assert_max_num_queries(4):
        bulk.progress(run)


def test_the_real_model_judges(admin: User) -> None:
    where = factories.department()
    factories.photo(where, jpeg=factories.picture(1))
    run = started(admin)
    work()
    assert now(run) == ("done", 1, 0)
    assert PresenceResult.objects.get().backend == "local"
    assert not BulkFailure.objects.exists()
    assert classification.loaded_backend().name == "local"
