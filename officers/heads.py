"""Finds the heads in a stored photo, as rectangles to point at and to cover. Nothing is measured from a face."""

import io

import numpy as np
from django.db import transaction
from django.utils import timezone
from PIL import Image

from officers.models import FoundHead, Photo
from officers.signals import heads_found
from oversight import outbox, storage
from privacy import heads


def find(claim: outbox.Claim) -> None:
    """The job: find the heads of the photo whose id is `claim.subject`, store them, and say so."""
    photo = Photo.objects.filter(pk=claim.subject).first()
    if photo is None:
        raise outbox.GiveUp("photo_is_gone")
    found = look_for(storage.read(photo.key))
    with transaction.atomic():
        claim.settle()
        keep(photo, found)
        heads_found.send(sender=Photo, photo=photo)


def look_for(jpeg: bytes) -> list[heads.Head]:
    """The heads in a stored photo's bytes."""
    return heads.find_heads(np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")))


def keep(photo: Photo, found: list[heads.Head]) -> None:
    """Store them in place of those found earlier, whoever else does the same. Within a transaction."""
    Photo.objects.filter(pk=photo.pk).update(heads_found_at=timezone.now())
    FoundHead.objects.filter(photo=photo).delete()
    FoundHead.objects.bulk_create(
        FoundHead(
            photo=photo,
            number=number,
            x=head.x,
            y=head.y,
            width=head.width,
            height=head.height,
            score=head.score,
        )
        for number, head in enumerate(found, start=1)
    )
