"""Taking a photo in, into a folder and into a bucket: one row, its bytes, its promise; or nothing at all."""

import io
import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, IntegrityError
from django.utils import timezone
from PIL import Image

from officers import expiry, submissions
from officers.models import Photo, PhotoFiling
from oversight import outbox, storage
from oversight.models import OutboxEntry
from privacy.photos import PhotoRefused, rebuild
from tests import factories

pytestmark = pytest.mark.django_db
CHICAGO = (41.88, -87.63)
SAN_FRANCISCO = (37.77, -122.42)
Keys = Callable[[], list[str]]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A photo folder of this test's own, for tests that need only one kind of storage."""
    private = settings.STORAGES["private"]
    options = private["OPTIONS"] | {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"private": private | {"OPTIONS": options}}
    return tmp_path


def taken_at(jpeg: bytes, place: tuple[float, float]) -> bytes:
    """The same pixels, as a phone writes them: with the place in the metadata."""
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    latitude, longitude = place
    gps[1], gps[2] = "N" if latitude >= 0 else "S", (abs(latitude), 0.0, 0.0)
    gps[3], gps[4] = "E" if longitude >= 0 else "W", (abs(longitude), 0.0, 0.0)
    segment = exif.tobytes()
    return jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def waiting() -> list[tuple[str, str]]:
    return list(OutboxEntry.objects.filter(state="waiting").values_list("job", "subject").order_by("job"))


def test_one_photo_is_one_row_one_filing_its_bytes_and_one_promise(stored_keys: Keys) -> None:
    where = factories.department()
    received = submissions.receive(data=factories.picture(1), department=where)
    assert received.is_new
    photo = Photo.objects.get()
    assert stored_keys() == [photo.key]
    with Image.open(io.BytesIO(storage.read(photo.key))) as stored:
        assert stored.size == (photo.width, photo.height)
    assert PhotoFiling.objects.get().department == where
    assert waiting() == [(submissions.FIND_HEADS, str(photo.pk))]
    assert photo.expires_at is None


def test_the_same_photo_twice_is_one_photo(stored_keys: Keys) -> None:
    where = factories.department()
    first = submissions.receive(data=factories.picture(1), department=where)
    again = submissions.receive(data=factories.picture(1), department=where)
    assert (again.photo, again.is_new) == (first.photo, False)
    assert (Photo.objects.count(), PhotoFiling.objects.count(), len(stored_keys())) == (1, 1, 1)
    assert len(waiting()) == 1


def test_forgotten_means_row_and_bytes(
    stored_keys: Keys, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    photo = factories.photo(factories.department())
    assert stored_keys() == [photo.key]
    with django_capture_on_commit_callbacks(execute=True):
        submissions.forget(photo)
    assert not Photo.objects.exists()
    assert stored_keys() == []
    assert waiting() == [(submissions.ERASE, photo.pk.hex)]


def test_what_is_not_there_is_not_found_and_deleting_it_is_fine(stored_keys: Keys) -> None:
    with pytest.raises(FileNotFoundError):
        storage.read("photos/00/none.jpg")
    storage.delete("photos/00/none.jpg")
    assert storage.is_writable()
    assert stored_keys() == []


def test_writing_the_same_key_again_replaces_it(stored_keys: Keys) -> None:
    storage.write("photos/aa/one.jpg", b"first")
    storage.write("photos/aa/one.jpg", b"second")
    assert storage.read("photos/aa/one.jpg") == b"second"
    assert stored_keys() == ["photos/aa/one.jpg"]


def test_the_same_pixels_with_other_metadata_are_one_photo(folder: Path) -> None:
    where = factories.department()
    first = submissions.receive(data=factories.picture(1), department=where).photo
    again = submissions.receive(data=taken_at(factories.picture(1), SAN_FRANCISCO), department=where)
    assert (again.photo, again.is_new) == (first, False)
    assert len(files_in(folder)) == 1


def test_a_second_department_is_a_second_filing_and_the_record_does_not_move(folder: Path) -> None:
    here, there = factories.department(), factories.department()
    submissions.receive(data=factories.picture(1), department=here)
    photo = submissions.receive(data=factories.picture(1), department=there).photo
    assert photo.department == here
    assert set(photo.filings.values_list("department", flat=True)) == {here.pk, there.pk}


@pytest.mark.parametrize("order", ["allowed first", "illinois first"])
def test_filed_under_illinois_once_is_prohibited_for_good(folder: Path, order: str) -> None:
    departments = [factories.department(allowed=True), factories.department(state="IL")]
    for where in departments if order == "allowed first" else reversed(departments):
        submissions.receive(data=factories.picture(1), department=where)
    assert Photo.objects.get().ever_prohibited


@pytest.mark.parametrize(("place", "prohibited"), [(CHICAGO, True), (SAN_FRANCISCO, False)])
@pytest.mark.parametrize("sent_before_without_a_place", [False, True])
def test_taken_in_illinois_sets_the_ratchet_and_stores_no_place(
    folder: Path,
    place: tuple[float, float],
    prohibited: bool,
    sent_before_without_a_place: bool,
) -> None:
    where = factories.department(allowed=True)
    if sent_before_without_a_place:
        submissions.receive(data=factories.picture(1), department=where)
        assert not Photo.objects.get().ever_prohibited
    submissions.receive(data=taken_at(factories.picture(1), place), department=where)
    photo = Photo.objects.get()
    assert (photo.taken_in_prohibited_place, photo.ever_prohibited) == (prohibited, prohibited)
    (file,) = files_in(folder)
    with Image.open(file) as stored:
        assert not stored.getexif()
    assert b"Exif" not in file.read_bytes()
    assert not [f.name for f in Photo._meta.get_fields() if "lat" in f.name or "lon" in f.name]


def test_a_later_copy_without_a_place_does_not_open_the_door_again(folder: Path) -> None:
    where = factories.department(allowed=True)
    submissions.receive(data=taken_at(factories.picture(1), CHICAGO), department=where)
    submissions.receive(data=factories.picture(1), department=where)
    assert Photo.objects.get().ever_prohibited


@pytest.mark.usefixtures("folder")
class TestQuestions:
    """A photo that is only somebody's question, kept for a day."""

    def test_a_question_given_to_the_record_is_kept(self) -> None:
        where, tomorrow = factories.department(), timezone.now() + timedelta(days=1)
        asked = submissions.receive(data=factories.picture(1), department=where, expires_at=tomorrow).photo
        assert asked.expires_at == tomorrow
        assert submissions.receive(data=factories.picture(1), department=where).photo.expires_at is None

    def test_the_record_does_not_become_a_question(self) -> None:
        where, tomorrow = factories.department(), timezone.now() + timedelta(days=1)
        submissions.receive(data=factories.picture(1), department=where)
        asked = submissions.receive(data=factories.picture(1), department=where, expires_at=tomorrow)
        assert asked.photo.expires_at is None

    def test_asking_again_keeps_it_longer_and_never_shorter(self) -> None:
        where, now = factories.department(), timezone.now()
        for hours in (5, 24, 2):
            due = now + timedelta(hours=hours)
            submissions.receive(data=factories.picture(1), department=where, expires_at=due)
        assert Photo.objects.get().expires_at == now + timedelta(hours=24)

    def test_a_question_moves_to_the_department_asked_about_last(self) -> None:
        here, there = factories.department(), factories.department()
        due = timezone.now() + timedelta(hours=1)
        submissions.receive(data=factories.picture(1), department=here, expires_at=due)
        photo = submissions.receive(data=factories.picture(1), department=there, expires_at=due).photo
        assert photo.department == there
        assert photo.filings.count() == 2

    def test_a_question_goes_to_the_queue_where_somebody_waits(self) -> None:
        due = timezone.now() + timedelta(hours=1)
        submissions.receive(data=factories.picture(1), department=factories.department(), expires_at=due)
        assert OutboxEntry.objects.get().queue == "faces"


class TestExpiry:
    def test_what_is_over_goes_with_its_bytes_and_the_rest_stays(
        self, folder: Path, django_capture_on_commit_callbacks: Callable[..., Any]
    ) -> None:
        where, now = factories.department(), timezone.now()
        over = factories.photo(where, expires_at=now - timedelta(seconds=1))
        open_question = factories.photo(where, expires_at=now + timedelta(hours=1))
        kept = factories.photo(where)
        with django_capture_on_commit_callbacks(execute=True):
            assert expiry.delete_expired_photos() == 1
        assert set(Photo.objects.all()) == {open_question, kept}
        assert {path.stem for path in files_in(folder)} == {open_question.pk.hex, kept.pk.hex}
        assert not (folder / over.key).exists()

    @pytest.mark.usefixtures("folder")
    def test_what_was_given_to_the_record_meanwhile_stays(self) -> None:
        late = timezone.now() - timedelta(seconds=1)
        photo = factories.photo(factories.department(), expires_at=late)
        Photo.objects.filter(pk=photo.pk).update(expires_at=None)  # after the list of what is over was read
        assert expiry._delete(photo) is False
        assert Photo.objects.filter(pk=photo.pk).exists()


class TestFailures:
    @pytest.fixture
    def unwritable(self, settings: Any, tmp_path: Path) -> Path:
        """A photo folder that is a file: nothing can be stored, also not as root."""
        blocked = tmp_path / "blocked"
        blocked.write_text("")
        private = settings.STORAGES["private"]
        options = private["OPTIONS"] | {"location": blocked}
        settings.STORAGES = settings.STORAGES | {"private": private | {"OPTIONS": options}}
        return blocked

    @pytest.mark.usefixtures("unwritable")
    def test_a_storage_that_fails_leaves_no_row(self) -> None:
        with pytest.raises(OSError, match="blocked"):
            submissions.receive(data=factories.picture(1), department=factories.department())
        assert not Photo.objects.exists()
        assert not OutboxEntry.objects.filter(job=submissions.FIND_HEADS).exists()

    def test_a_bucket_that_is_away_leaves_no_row(self, settings: Any) -> None:
        from tests.officers.bucket import Bucket
        from tests.officers.conftest import s3_storage

        away = s3_storage(Bucket("http://127.0.0.1:9", "photos").environment())
        settings.STORAGES = settings.STORAGES | {"private": away}
        with pytest.raises(Exception, match=r"127\.0\.0\.1:9"):
            submissions.receive(data=factories.picture(1), department=factories.department())
        assert not Photo.objects.exists()

    def test_half_a_file_is_not_left_behind(self, folder: Path) -> None:
        """The disk takes a thousand bytes of it and no more, as one that has filled up does."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                storage.write("photos/aa/half.jpg", bytes(100_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert files_in(folder) == []

    def test_a_row_that_fails_leaves_a_promise_to_erase_the_bytes(self, folder: Path) -> None:
        """The database refuses the row after the bytes are stored. The promise, made before both, remains."""
        too_long = replace(rebuild(factories.picture(1)), upload_sha256="f" * 65)
        with pytest.raises(DataError):
            submissions.store(too_long, department=factories.department())
        (file,) = files_in(folder)
        entry = OutboxEntry.objects.get()
        assert (entry.job, entry.subject) == (submissions.ERASE, file.stem)
        assert entry.due_at > timezone.now() + timedelta(minutes=5)
        OutboxEntry.objects.update(due_at=timezone.now())
        outbox.run(str(entry.pk), submissions.erase)
        assert files_in(folder) == []
        assert OutboxEntry.objects.get().state == "done"

    def test_pixels_in_the_record_are_never_erased(self, folder: Path) -> None:
        photo = factories.photo(factories.department())
        submissions._promise_erasure(photo)
        outbox.run(str(OutboxEntry.objects.get().pk), submissions.erase)
        assert (folder / photo.key).exists()

    def test_the_same_pixels_stored_twice_leave_one_row_and_its_bytes(self, folder: Path) -> None:
        where = factories.department()
        first = factories.photo(where, jpeg=factories.picture(1))
        with pytest.raises(IntegrityError):
            submissions.store(rebuild(factories.picture(1)), department=where)
        assert [path.stem for path in files_in(folder)] == [first.pk.hex]

    @pytest.mark.parametrize("junk", [b"", b"not a photo", factories.picture(1)[:500]])
    def test_what_is_not_a_photo_leaves_nothing(self, folder: Path, junk: bytes) -> None:
        with pytest.raises(PhotoRefused) as refused:
            submissions.receive(data=junk, department=factories.department())
        assert refused.value.sentence.endswith(".")
        assert files_in(folder) == []
        assert not Photo.objects.exists()
        assert not OutboxEntry.objects.exists()
