"""The jobs behind publishing: find every head, paint over, store the covered copies, erase old ones. Worker only.

A version's files are written before its row names them, and a promise to erase them is made before that: files that
no row names do not stay.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from officers import publishing
from officers.models import Cover, Photo, Publication
from oversight import outbox, queues, storage
from privacy import heads, masks, renditions
from privacy.masks import Area
from privacy.shapes import Box

LOOK_FOR_ROW_AFTER = timedelta(minutes=15)


def folder(version: uuid.UUID) -> str:
    """Where a version's files lie in the private storage."""
    return f"renditions/{version.hex[:2]}/{version.hex}"


def find_covers(claim: outbox.Claim) -> None:
    """The job: find every head of the photo `claim.subject`; what people drew stays. Then it is painted."""
    photo = _wanted(claim)
    if photo is None:
        return
    found = heads.find_heads_to_cover(renditions.pixels_of(storage.read(photo.key)))
    with transaction.atomic():
        claim.settle()
        drawn = list(photo.covers.filter(is_drawn=True))
        photo.covers.all().delete()
        boxes: list[Box] = [*found[: publishing.MOST_COVERS], *drawn]
        Cover.objects.bulk_create(
            Cover(
                photo=photo,
                number=number,
                is_drawn=number > len(boxes) - len(drawn),
                x=box.x,
                y=box.y,
                width=box.width,
                height=box.height,
            )
            for number, box in enumerate(boxes, start=1)
        )
        Publication.objects.filter(photo=photo).update(covers_found_at=timezone.now())
        outbox.promise(job=publishing.RENDER, subject=str(photo.pk), queue=queues.PHOTOS)


def render(claim: outbox.Claim) -> None:
    """The job: make the covered copies of the photo `claim.subject`, ready for a look."""
    photo = _wanted(claim)
    if photo is None:
        return
    row = Publication.objects.get(photo=photo)
    version = _store_copies(photo)
    with transaction.atomic():
        claim.settle()
        unchanged = Publication.objects.filter(
            photo=photo,
            state=Publication.State.MAKING,
            changes=row.changes,
            covers_found_at=row.covers_found_at,
        )
        if unchanged.update(state=Publication.State.WAITING, version=version):
            outbox.unpromise(job=publishing.ERASE, subject=version.hex)
        elif Publication.objects.filter(photo=photo, state=Publication.State.MAKING).exists():
            publishing.prepare(photo)


def render_now(photo: Photo) -> uuid.UUID:
    """Make the copies of a photo whose masks are known, outside a queue: for the demo. Returns the version."""
    version = _store_copies(photo)
    Publication.objects.update_or_create(
        photo=photo,
        defaults={
            "state": Publication.State.WAITING,
            "version": version,
            "covers_found_at": timezone.now(),
        },
    )
    outbox.unpromise(job=publishing.ERASE, subject=version.hex)
    return version


def erase(claim: outbox.Claim) -> None:
    """The job: delete the files of the version `claim.subject` (hex), unless a photo is shown with it."""
    version = uuid.UUID(claim.subject)
    if not Publication.objects.filter(version=version).exists():
        storage.delete_prefix(folder(version))
    with transaction.atomic():
        claim.settle()


def _wanted(claim: outbox.Claim) -> Photo | None:
    """The photo, while its rendition is still asked for. Otherwise the promise is kept by doing nothing."""
    photo = Photo.objects.filter(pk=claim.subject, publication__state=Publication.State.MAKING).first()
    if photo is None:
        with transaction.atomic():
            claim.settle()
    return photo


def _store_copies(photo: Photo) -> uuid.UUID:
    version = uuid.uuid4()
    with transaction.atomic():
        outbox.promise(
            job=publishing.ERASE,
            subject=version.hex,
            queue=queues.BULK,
            due_at=timezone.now() + LOOK_FOR_ROW_AFTER,
        )
    pixels = renditions.pixels_of(storage.read(photo.key))
    faces: dict[str, Box] = {f"face-{face.pk}": face.box for face in publishing.confirmed_faces(photo)}
    for name, data in renditions.renditions(pixels, hidden_area(photo, list(faces.values())), faces).items():
        storage.write(f"{folder(version)}/{name}", data)
    return version


def hidden_area(photo: Photo, kept: list[Box]) -> Area:
    """What is painted over: every head that is not lifted and not one of the `kept` faces, and what people drew."""
    rows = list(photo.covers.filter(is_lifted=False))
    found = [row for row in rows if not row.is_drawn]
    return masks.area_around(
        photo.width,
        photo.height,
        heads=[head for head in found if not any(masks.is_of(head, face) for face in kept)],
        drawn=[row for row in rows if row.is_drawn],
        kept=kept,
    )
