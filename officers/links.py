"""Links that only the person who got them can know, and that die: for somebody without an account."""

import uuid

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.utils import timezone

from officers.models import Photo

_SALT = "officers.probe"


def token_for(photo: Photo) -> str:
    return signing.TimestampSigner(salt=_SALT).sign(photo.pk.hex)


def photo_for(token: str) -> Photo | None:
    """The photo that a token opens, or None when the token is wrong, too old, or the photo is gone or held back."""
    try:
        value = signing.TimestampSigner(salt=_SALT).unsign(token, max_age=settings.PROBE_HOURS * 3600)
    except signing.BadSignature:
        return None
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Photo.objects.not_held().select_related("department").filter(alive, pk=uuid.UUID(value)).first()
