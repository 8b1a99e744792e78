"""Taking a photo in: rebuilt from its pixels in a cage, stored privately, its work promised in one transaction.

What was sent is never stored. The same pixels twice are one photo, filed under every department named for it.
A row without its bytes cannot exist, because the bytes are written first and deleted last; bytes that a crash or a
failing storage left without a row are erased by a promise, made before they are written and with each deletion.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from officers.models import Assignment, Department, Face, Photo, PhotoFiling
from oversight import audit, outbox, queues, storage
from oversight.illinois import near_illinois
from oversight.models import User
from privacy.cage import rebuild_in_cage
from privacy.photos import CleanPhoto, PhotoRefused

logger = logging.getLogger(__name__)

FIND_HEADS = "workers.photos.find_heads"
ERASE = "workers.photos.erase"
LOOK_FOR_ROW_AFTER = timedelta(minutes=15)


Note = Callable[[Photo, bool], None]
"""What an import writes beside a photo, in the same transaction: the photo, and whether it is new."""


@dataclass(frozen=True, slots=True)
class Received:
    """`is_new` is for our own counting only: a stranger must not learn that a photo was held already."""

    photo: Photo
    is_new: bool


def receive(*, data: bytes, department: Department, expires_at: datetime | None = None) -> Received:
    """Take one photo in. `expires_at` set: only somebody's question, kept until then.

    Raises privacy.photos.PhotoRefused with a stable code and a sentence for the sender.
    """
    try:
        clean = rebuild_in_cage(data)
    except PhotoRefused as refused:
        queues.count("photos_refused", refused.code)
        raise
    queues.count("photos_rebuilt")
    return take_in(clean, department=department, expires_at=expires_at)


def take_in(
    clean: CleanPhoto,
    *,
    department: Department,
    expires_at: datetime | None = None,
    note: Note | None = None,
    taken_on: date | None = None,
) -> Received:
    """Store a rebuilt photo, or file the one with the same pixels again. With `note`: see `store`."""
    held = _file_again(clean, department=department, expires_at=expires_at, note=note)
    if held is not None:
        return Received(held, is_new=False)
    try:
        new = store(clean, department=department, expires_at=expires_at, note=note, taken_on=taken_on)
        return Received(new, is_new=True)
    except IntegrityError:  # somebody sent the same pixels a moment ago
        held = _file_again(clean, department=department, expires_at=expires_at, note=note)
        if held is None:
            raise
        return Received(held, is_new=False)


def store(
    clean: CleanPhoto,
    *,
    department: Department,
    expires_at: datetime | None = None,
    is_examined: bool = False,
    note: Note | None = None,
    taken_on: date | None = None,
) -> Photo:
    """Store a rebuilt photo that is not held yet. `is_examined`: its heads are known, no job is needed.

    `note`: an import writes its own row beside it; a job for each of 100,000 photos would bury fresh ones, so their
    heads are looked for bit by bit (officers/imports.py). `taken_on`: kept only where somebody asked for that.
    Raises IntegrityError, and leaves nothing behind, when the same pixels are held already.
    """
    photo = Photo(
        department=department,
        width=clean.width,
        height=clean.height,
        upload_sha256=clean.upload_sha256,
        pixel_sha256=clean.pixel_sha256,
        perceptual_hash=clean.perceptual_hash,
        taken_on=taken_on,
        taken_in_prohibited_place=_is_from_prohibited_place(clean),
        expires_at=expires_at,
        heads_found_at=timezone.now() if is_examined else None,
    )
    with transaction.atomic():
        _promise_erasure(photo, due_at=timezone.now() + LOOK_FOR_ROW_AFTER)
    storage.write(photo.key, clean.jpeg)
    try:
        _insert(photo, note)
    except IntegrityError:
        storage.delete(photo.key)
        raise
    return photo


def _is_from_prohibited_place(clean: CleanPhoto) -> bool:
    """The camera's position is only asked this one question, and never stored."""
    return bool(clean.position and near_illinois(*clean.position))


@transaction.atomic
def _insert(photo: Photo, note: Note | None) -> None:
    photo.save(force_insert=True)
    PhotoFiling.objects.create(photo=photo, department=photo.department)
    outbox.unpromise(job=ERASE, subject=photo.pk.hex)
    if note is not None:
        note(photo, True)
    elif photo.heads_found_at is None:
        queue = queues.FACES if photo.expires_at else queues.PHOTOS
        outbox.promise(job=FIND_HEADS, subject=str(photo.pk), queue=queue)


@transaction.atomic
def _file_again(
    clean: CleanPhoto, *, department: Department, expires_at: datetime | None, note: Note | None = None
) -> Photo | None:
    """The same pixels again, if they are held: note the department, keep for good what is now given for good.

    This copy may say where it was taken when the first did not. The row is locked, so that a photo whose time runs out
    at this moment is either gone or kept.
    """
    photo = (
        Photo.objects.select_for_update()
        .filter(Q(pixel_sha256=clean.pixel_sha256) | Q(upload_sha256=clean.upload_sha256))
        .first()
    )
    if photo is None:
        return None
    if _is_from_prohibited_place(clean) and not photo.taken_in_prohibited_place:
        Photo.objects.filter(pk=photo.pk).update(taken_in_prohibited_place=True)
    if photo.expires_at is not None:
        expires_at = expires_at and max(expires_at, photo.expires_at)
        Photo.objects.filter(pk=photo.pk).update(expires_at=expires_at)
    if note is not None:
        note(photo, False)
    return _file(photo, department)


def _file(photo: Photo, department: Department) -> Photo:
    """Note one more department. Only a question moves there with it."""
    PhotoFiling.objects.get_or_create(photo=photo, department=department)
    if photo.expires_at is not None and photo.department_id != department.pk:
        Photo.objects.filter(pk=photo.pk).update(department=department)
    filed: Photo = Photo.objects.select_related("department").get(pk=photo.pk)
    return filed


@transaction.atomic
def refile_question(photo: Photo, *, department: Department) -> None:
    """Somebody asks about their own photo in another department than before."""
    if photo.expires_at is not None and photo.department_id != department.pk:
        _file(photo, department)
        photo.refresh_from_db()


@transaction.atomic
def refile(photo: Photo, *, department: Department, by: User) -> None:
    """Move a photo of the record to the department it belongs to. Tags of officers who are not there go.

    The database deletes what the move forbids to compare.
    """
    PhotoFiling.objects.get_or_create(photo=photo, department=department)
    Photo.objects.filter(pk=photo.pk).update(department=department)
    there = Assignment.objects.filter(officer=OuterRef("officer"), department=department)
    untagged, _ = Face.objects.filter(~Exists(there), photo=photo).delete()
    facts = {"department": department.pk, "tags_removed": untagged}
    audit.record(by=by, action="moved a photo", subject=photo, **facts)


@transaction.atomic
def forget(photo: Photo) -> None:
    """Delete a photo, its pixels, and everything that hangs on it; pixels that cannot be deleted now go later."""
    Photo.objects.filter(pk=photo.pk).delete()
    outbox.unpromise(job=FIND_HEADS, subject=str(photo.pk))
    _promise_erasure(photo)
    transaction.on_commit(lambda: _delete_pixels(photo), robust=True)


def _delete_pixels(photo: Photo) -> None:
    """The photo, in every version that the storage keeps. Its covered copies go by promises of the database."""
    storage.delete_prefix(photo.key)


def _promise_erasure(photo: Photo, due_at: datetime | None = None) -> None:
    outbox.promise(job=ERASE, subject=photo.pk.hex, queue=queues.BULK, due_at=due_at)


def erase(claim: outbox.Claim) -> None:
    """The job: delete the pixels of the photo whose id is `claim.subject`, unless the photo is in the record."""
    photo = Photo(pk=uuid.UUID(claim.subject))
    if not Photo.objects.filter(pk=photo.pk).exists():
        _delete_pixels(photo)
    with transaction.atomic():
        claim.settle()
