"""Taking a photo in: rebuilt from its pixels in a cage, stored privately, its work promised in one transaction.

What was sent is never stored. The same pixels twice are one photo, filed under every department named for it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from officers.models import Department, Photo, PhotoFiling
from oversight import outbox, queues, storage
from oversight.illinois import near_illinois
from privacy.cage import rebuild_in_cage
from privacy.photos import CleanPhoto

logger = logging.getLogger(__name__)

FIND_HEADS = "workers.photos.find_heads"


@dataclass(frozen=True, slots=True)
class Received:
    """`is_new` is for our own counting only: a stranger must not learn that a photo was held already."""

    photo: Photo
    is_new: bool


def receive(*, data: bytes, department: Department, expires_at: datetime | None = None) -> Received:
    """Take one photo in. `expires_at` set: only somebody's question, kept until then.

    Raises privacy.photos.PhotoRefused with a stable code and a sentence for the sender.
    """
    clean = rebuild_in_cage(data)
    held = _held(clean)
    if held is not None:
        return Received(_file_again(held, department=department, expires_at=expires_at), is_new=False)
    try:
        return Received(store(clean, department=department, expires_at=expires_at), is_new=True)
    except IntegrityError:  # somebody sent the same pixels a moment ago
        held = _held(clean)
        if held is None:
            raise
        return Received(_file_again(held, department=department, expires_at=expires_at), is_new=False)


def store(
    clean: CleanPhoto,
    *,
    department: Department,
    expires_at: datetime | None = None,
    is_examined: bool = False,
) -> Photo:
    """Store a rebuilt photo that is not held yet. `is_examined`: its heads are known, no job is needed.

    Raises IntegrityError, and leaves nothing behind, when the same pixels are held already.
    """
    photo = Photo(
        department=department,
        width=clean.width,
        height=clean.height,
        upload_sha256=clean.upload_sha256,
        pixel_sha256=clean.pixel_sha256,
        taken_in_prohibited_place=bool(clean.position and near_illinois(*clean.position)),
        expires_at=expires_at,
        heads_found_at=timezone.now() if is_examined else None,
    )
    storage.write(photo.key, clean.jpeg)  # bytes first: a row without its bytes cannot exist
    try:
        _insert(photo)
    except IntegrityError:
        storage.delete(photo.key)
        raise
    return photo


def _held(clean: CleanPhoto) -> Photo | None:
    return Photo.objects.filter(
        Q(pixel_sha256=clean.pixel_sha256) | Q(upload_sha256=clean.upload_sha256)
    ).first()


@transaction.atomic
def _insert(photo: Photo) -> None:
    photo.save(force_insert=True)
    PhotoFiling.objects.create(photo=photo, department=photo.department)
    if photo.heads_found_at is None:
        queue = queues.FACES if photo.expires_at else queues.PHOTOS
        outbox.promise(job=FIND_HEADS, subject=str(photo.pk), queue=queue)


@transaction.atomic
def _file_again(photo: Photo, *, department: Department, expires_at: datetime | None) -> Photo:
    """The same pixels again: note the department, and keep for good what somebody now gives for good."""
    PhotoFiling.objects.get_or_create(photo=photo, department=department)
    if photo.expires_at is not None:
        if photo.department_id != department.pk:
            Photo.objects.filter(pk=photo.pk).update(department=department)
        Photo.objects.filter(pk=photo.pk).update(expires_at=expires_at and max(expires_at, photo.expires_at))
    filed: Photo = Photo.objects.select_related("department").get(pk=photo.pk)
    return filed


@transaction.atomic
def refile_question(photo: Photo, *, department: Department) -> None:
    """Somebody asks about their own photo in another department than before."""
    if photo.expires_at is not None and photo.department_id != department.pk:
        _file_again(photo, department=department, expires_at=photo.expires_at)
        photo.refresh_from_db()


def forget(photo: Photo) -> None:
    """Delete a photo, its pixels, and everything that hangs on it."""
    with transaction.atomic():
        key = photo.key
        Photo.objects.filter(pk=photo.pk).delete()
        transaction.on_commit(lambda: storage.delete(key))
