"""Tagging a face as an officer's, and the second look that every tag needs before anything follows from it."""

from django.db import transaction
from django.utils import timezone

from officers.models import Assignment, Department, Face, Officer, Photo
from officers.signals import face_reviewed
from oversight import audit
from oversight.models import AuditEvent, User
from privacy.shapes import Rectangle

PROPOSED = "proposed an officer"
PUBLISHED = "published an officer"


class NotPossible(Exception):
    """What was asked cannot be done; the sentence says why."""


@transaction.atomic
def tag(*, photo: Photo, officer: Officer, box: Rectangle, by: User | None) -> Face:
    """Say that the face in `box` is the officer's. It waits for a second look. The photo now belongs to the record."""
    if not Assignment.objects.filter(officer=officer, department=photo.department_id).exists():
        raise NotPossible("This officer is not in the department that the photo is filed under.")
    x, y, width, height = box
    face, is_new = Face.objects.get_or_create(
        photo=photo,
        officer=officer,
        defaults={"x": x, "y": y, "width": width, "height": height, "tagged_by": by},
    )
    Photo.objects.filter(pk=photo.pk).update(expires_at=None)
    if is_new:
        audit.record(by=by, action="tagged a face", subject=face, officer=officer.pk)
    return face


@transaction.atomic
def add_unknown_officer(
    *,
    department: Department,
    by: User | None,
    photo: Photo,
    box: Rectangle,
    first_name: str,
    last_name: str,
    badge_number: str,
) -> Officer:
    """Propose an officer who is not in the record. Unpublished, with the face tagged, until somebody looks."""
    officer = Officer.objects.create(
        first_name=first_name.strip(), last_name=last_name.strip(), is_published=False
    )
    Assignment.objects.create(officer=officer, department=department, badge_number=badge_number.strip())
    audit.record(by=by, action=PROPOSED, subject=officer, department=department.pk)
    tag(photo=photo, officer=officer, box=box, by=by)
    return officer


@transaction.atomic
def approve(*, face: Face, by: User) -> None:
    """The second look says yes: the tag counts, and a proposed officer becomes public with it. Once is enough."""
    waiting = Face.objects.filter(pk=face.pk, reviewed_at=None)
    if not waiting.update(reviewed_by=by, reviewed_at=timezone.now()):
        return
    if face.officer is not None and not face.officer.is_published:
        Officer.objects.filter(pk=face.officer.pk).update(is_published=True)
        audit.record(by=by, action=PUBLISHED, subject=face.officer)
    audit.record(by=by, action="approved a face", subject=face, officer=face.officer_id)
    face_reviewed.send(sender=Face, face=face)


@transaction.atomic
def reject(*, face: Face, by: User) -> None:
    """The second look says no: the tag goes; so does a proposed officer whom nothing else shows."""
    officer = face.officer
    is_dropped = officer is not None and _is_only_proposed(officer, face)
    audit.record(by=by, action="rejected a face", subject=face, officer=face.officer_id)
    face.delete()
    if officer is not None and is_dropped:
        audit.record(by=by, action="dropped a proposed officer", subject=officer)
        officer.delete()


def _is_only_proposed(officer: Officer, face: Face) -> bool:
    """Was nothing ever said of this officer but this tag? One who was published once and is hidden now stays."""
    of_officer = AuditEvent.objects.filter(subject=Officer._meta.model_name, subject_id=str(officer.pk))
    return (
        not officer.is_published
        and not officer.faces.exclude(pk=face.pk).exists()
        and of_officer.filter(action=PROPOSED).exists()
        and not of_officer.filter(action=PUBLISHED).exists()
    )
