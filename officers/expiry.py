"""Deletes photos that were only somebody's question, once their time is over."""

from django.utils import timezone

from officers import submissions
from officers.models import Photo

PHOTOS_AT_ONCE = 100


def delete_expired_photos() -> int:
    """Delete expired questions' photos with their pixels. Returns how many. Run by the sweeper."""
    expired = list(Photo.objects.filter(expires_at__lte=timezone.now())[:PHOTOS_AT_ONCE])
    for photo in expired:
        submissions.forget(photo)
    return len(expired)
