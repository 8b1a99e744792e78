"""Deletes photos that were only somebody's question, once their time is over."""

from django.db import transaction
from django.utils import timezone

from officers import submissions
from officers.models import Photo

PHOTOS_AT_ONCE = 100


def delete_expired_photos() -> int:
    """Delete expired questions' photos with their pixels. Returns how many. Run by the sweeper."""
    over = Photo.objects.filter(expires_at__lte=timezone.now())
    return sum(_delete(photo) for photo in over[:PHOTOS_AT_ONCE])


@transaction.atomic
def _delete(photo: Photo) -> bool:
    """Delete one, unless somebody has given it to the record since it was looked up."""
    over = Photo.objects.select_for_update().filter(pk=photo.pk, expires_at__lte=timezone.now())
    locked = over.first()
    if locked is not None:
        submissions.forget(locked)
    return locked is not None
