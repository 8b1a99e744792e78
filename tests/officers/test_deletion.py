"""Deleted means gone: the row, whatever hangs on it, and every byte made of it, in a folder and in a bucket."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from officers import flags, heads, holds, publishing, rendering, submissions
from officers.models import Coordination, Department, Flag, Hold, Photo
from oversight import outbox, queues, storage
from oversight.models import OutboxEntry, User
from tests import factories

pytestmark = pytest.mark.django_db
Keys = Callable[[], list[str]]
Commit = Callable[..., Any]
WHO_DID_WHAT = "oversight_auditevent"  # append-only on purpose: that a photo with this number was deleted


@pytest.fixture
def where() -> Department:
    return factories.department(allowed=True)


@pytest.fixture
def coordinator(where: Department) -> User:
    person = factories.user()
    Coordination.objects.create(user=person, department=where)
    return person


def full_photo(where: Department) -> Photo:
    """A photo with everything that can hang on one, and files of every kind that may be made of it."""
    made = factories.photo(where, jpeg=factories.picture(3))
    face = factories.face(factories.officer(where), made)
    factories.head(made)
    flags.flag_photo(photo=made, face=face, reason="minor", text="")
    outbox.promise(job="workers.photos.find_heads", subject=str(made.pk), queue=queues.PHOTOS)
    rendering.render_now(made)
    if apps.is_installed("recognition"):
        _hang_searches_on(made, where)
    return made


def _hang_searches_on(photo: Photo, where: Department) -> None:
    from recognition.models import Identification, PresenceResult

    PresenceResult.objects.create(photo=photo, decision="likely", score=0.9)
    Identification.objects.create(
        photo=photo, department=where, expires_at=timezone.now(), x=1, y=1, width=40, height=40
    )


def tables_that_name(photo: uuid.UUID) -> set[str]:
    """Every table with a row that has the photo's number anywhere in it, in either spelling."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if not cursor.fetchone()[0]:
                continue  # what the guard remembers: hashes of prohibited photos, for its owner only
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s)',  # noqa: S608
                [f"%{photo}%", f"%{photo.hex}%"],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found - {WHO_DID_WHAT}


def keep_promises() -> None:
    """What a worker does soon after, and upkeep a month later."""
    for job, function in ((submissions.ERASE, submissions.erase), (publishing.ERASE, rendering.erase)):
        for entry in OutboxEntry.objects.filter(state="waiting", job=job):
            outbox.run(str(entry.pk), function)
    OutboxEntry.objects.update(settled_at=timezone.now() - timedelta(days=31))
    outbox.forget_settled()


def test_after_a_deletion_storage_and_tables_know_nothing_of_it(
    stored_keys: Keys, where: Department, django_capture_on_commit_callbacks: Commit
) -> None:
    other = factories.photo(where)
    photo = full_photo(where)
    assert len(stored_keys()) > 4, "the photos, and covered copies in several sizes and formats"
    assert len(tables_that_name(photo.pk)) >= 6
    with django_capture_on_commit_callbacks(execute=True):
        holds.delete_now(photo=photo, by=factories.user(User.Role.ADMIN))
    assert photo.key not in stored_keys()
    assert tables_that_name(photo.pk) == {"oversight_outboxentry"}, "only the promise to look once more"
    keep_promises()
    assert stored_keys() == [other.key]
    assert tables_that_name(photo.pk) == set()
    assert Flag.objects.get().outcome == "deleted"


def test_a_coordinators_deletion_hides_at_once_and_is_for_good_after_seven_days(
    stored_keys: Keys,
    where: Department,
    coordinator: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    photo = factories.photo(where)
    hold = holds.delete_later(photo=photo, by=coordinator)
    assert not Photo.objects.kept().exists()
    assert holds.erase_due() == 0
    assert stored_keys() == [photo.key]
    left = (hold.erase_at or timezone.now()) - timezone.now()
    assert timedelta(days=6) < left <= timedelta(days=7)
    Hold.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert holds.erase_due() == 1
    assert (Photo.objects.count(), stored_keys()) == (0, [])


def test_an_undone_deletion_deletes_nothing(where: Department, coordinator: User) -> None:
    photo = factories.photo(where)
    hold = holds.delete_later(photo=photo, by=coordinator)
    Hold.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    holds.end(hold=hold, by=coordinator)
    assert holds.erase_due() == 0
    assert list(Photo.objects.kept()) == [photo]


def test_nobody_else_deletes(where: Department, coordinator: User) -> None:
    photo = factories.photo(where)
    elsewhere = factories.user()
    Coordination.objects.create(user=elsewhere, department=factories.department())
    for stranger in (factories.user(), elsewhere):
        with pytest.raises(PermissionDenied):
            holds.delete_later(photo=photo, by=stranger)
    with pytest.raises(PermissionDenied):
        holds.delete_now(photo=photo, by=coordinator)
    assert list(Photo.objects.kept()) == [photo]


def test_a_job_that_comes_late_finds_nothing_to_do(where: Department) -> None:
    photo = factories.photo(where)
    holds.delete_now(photo=photo, by=factories.user(User.Role.ADMIN))
    claim = outbox.Claim(entry_id=uuid.uuid4(), subject=str(photo.pk), token=uuid.uuid4())
    with pytest.raises(outbox.GiveUp, match="photo_is_gone"):
        heads.find(claim)


class TestDeletingByPrefix:
    def test_only_what_starts_like_it_goes(self, stored_keys: Keys) -> None:
        one, other = uuid.uuid4().hex, uuid.uuid4().hex
        for key in (f"renditions/{one}/a.jpg", f"renditions/{one}/b/c.jpg", f"renditions/{one}.webp"):
            storage.write(key, b"x")
        storage.write(f"renditions/{other}/a.jpg", b"x")
        storage.delete_prefix(f"renditions/{one}")
        assert stored_keys() == [f"renditions/{other}/a.jpg"]

    def test_nothing_there_is_fine(self, stored_keys: Keys) -> None:
        storage.delete_prefix(f"renditions/{uuid.uuid4().hex}")
        assert stored_keys() == []

    @pytest.mark.parametrize("prefix", ["", "photos/", "renditions/ab", "a" * 40])
    def test_a_prefix_that_could_be_everybodys_is_refused(self, prefix: str) -> None:
        with pytest.raises(ValueError, match="everybody"):
            storage.delete_prefix(prefix)

    def test_signs_with_a_meaning_for_folders_have_none_here(self, stored_keys: Keys) -> None:
        key = f"renditions/{uuid.uuid4().hex}.jpg"
        storage.write(key, b"x")
        storage.delete_prefix(f"renditions/{'?' * 32}")
        storage.delete_prefix(f"renditions/*{'a' * 32}")
        assert stored_keys() == [key]


def test_older_versions_in_a_bucket_go_too(settings: Any) -> None:
    """Against Amazon's own description of its answers: the emulator keeps no versions."""
    from botocore.stub import Stubber
    from django.core.files.storage import storages

    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": "b", "region_name": "us-east-1", "access_key": "a", "secret_key": "s"},
        }
    }
    prefix = f"renditions/{uuid.uuid4().hex}"
    key = f"{prefix}/a.jpg"
    client = storages["private"].connection.meta.client  # type: ignore[attr-defined]  # S3Storage
    old, marker = {"Key": key, "VersionId": "old"}, {"Key": key, "VersionId": "marker"}
    with Stubber(client) as amazon:
        amazon.add_response("list_objects", {"Contents": [{"Key": key}]}, {"Bucket": "b", "Prefix": prefix})
        amazon.add_response("delete_objects", {}, {"Bucket": "b", "Delete": {"Objects": [{"Key": key}]}})
        versions = {"Versions": [old], "DeleteMarkers": [marker]}
        amazon.add_response("list_object_versions", versions, {"Bucket": "b", "Prefix": prefix})
        amazon.add_response("delete_objects", {}, {"Bucket": "b", "Delete": {"Objects": [old, marker]}})
        storage.delete_prefix(prefix)
        amazon.assert_no_pending_responses()
