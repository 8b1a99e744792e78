"""What the plugin does when the record says something. The only way from the record up to here."""

from typing import Any

from django.dispatch import receiver

from officers.models import Assignment, Face, Hold, ImportedFile, Photo
from officers.signals import face_reviewed, heads_found, held, likely_officers_wanted
from oversight import outbox, queues
from oversight.models import User
from privacy.shapes import Rectangle
from recognition import likely, purge
from recognition.classification import CLASSIFY
from recognition.gallery import promise_enrolment
from recognition.views.likely import address


@receiver(heads_found, sender=Photo, dispatch_uid="recognition.classify")
def classify_photo(photo: Photo, **_: Any) -> None:
    """Not for imported photos: an admin sees how many there are, and what they cost, before that (bulk.py)."""
    if ImportedFile.objects.filter(photo=photo.pk, state=ImportedFile.State.STORED).exists():
        return
    outbox.promise(job=CLASSIFY, subject=str(photo.pk), queue=queues.PHOTOS)


@receiver(face_reviewed, sender=Face, dispatch_uid="recognition.enrol")
def enrol_face(face: Face, **_: Any) -> None:
    """Promise enrolment where matching is switched on; the job asks the gate."""
    if face.officer_id is not None:
        promise_enrolment(
            set(
                Assignment.objects.filter(
                    officer=face.officer_id, department__is_facial_recognition_allowed=True
                ).values_list("department_id", flat=True)
            )
        )


@receiver(held, sender=Hold, dispatch_uid="recognition.held")
def purge_what_is_held(hold: Hold, **_: Any) -> None:  # noqa: ARG001 - the signal's shape
    purge.of_the_hidden()


@receiver(likely_officers_wanted, sender=Photo, dispatch_uid="recognition.likely")
def offer_likely_officers(photo: Photo, box: Rectangle, viewer: User, **_: Any) -> tuple[str, str] | None:
    """A link to a page of its own: no face is compared because somebody looks at a photo."""
    if not likely.is_offered(photo, viewer):
        return None
    return "Officers who look like this face", address(photo, box)
