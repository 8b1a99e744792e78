"""What the plugin does when the record says something. The only way from the record up to here."""

from typing import Any

from django.dispatch import receiver

from officers.models import Assignment, Face, Photo
from officers.signals import face_reviewed, heads_found
from oversight import outbox, queues
from recognition.classification import CLASSIFY
from recognition.gallery import promise_enrolment


@receiver(heads_found, sender=Photo, dispatch_uid="recognition.classify")
def classify_photo(photo: Photo, **_: Any) -> None:
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
