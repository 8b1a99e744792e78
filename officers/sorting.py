"""People say whether police are in a photo. What a model thinks only orders their queue."""

from django.db import transaction

from officers.models import Photo
from oversight import audit
from oversight.models import User


@transaction.atomic
def say(*, photo: Photo, police: str, by: User) -> None:
    """Record a volunteer's answer: one of Photo.Police."""
    Photo.objects.filter(pk=photo.pk).update(police=Photo.Police(police), police_said_by=by)
    audit.record(by=by, action="sorted a photo", subject=photo, answer=police)
