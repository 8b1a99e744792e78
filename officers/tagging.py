"""Tagging a face as an officer's, and the second look that every tag needs before anything follows from it.

The second look is always another person's: nobody confirms what they tagged themselves, admins included.
"""

from django.db import transaction
from django.utils import timezone

from officers import publishing
from officers.models import Assignment, Claim, Department, Face, Officer, Photo
from officers.problems import NotPossible as NotPossible
from officers.signals import face_reviewed
from oversight import audit
from oversight.models import AuditEvent, User
from privacy.shapes import Rectangle

PROPOSED = "proposed an officer"
PUBLISHED = "published an officer"
OWN_TAG = "You tagged this face yourself. Somebody else has to confirm it."
SAME_FACE = 0.5  # boxes that share this much of their joint area are one face


@transaction.atomic
def tag(*, photo: Photo, officer: Officer | None, box: Rectangle, by: User | None) -> Face:
    """Say that the face in `box` is the officer's, or an officer's whom nobody knows yet (None).

    It waits for a second look. The photo now belongs to the record. A face that had no name yet gets one.
    """
    if officer and not Assignment.objects.filter(officer=officer, department=photo.department_id).exists():
        raise NotPossible("This officer is not in the department that the photo is filed under.")
    face, is_new = _face(photo, officer, box, by)
    Photo.objects.filter(pk=photo.pk).update(expires_at=None, left_tagging_at=timezone.now())
    _leave_queue(photo)
    if is_new:
        audit.record(by=by, action="tagged a face", subject=face, officer=officer.pk if officer else None)
    return face


def _leave_queue(photo: Photo) -> None:
    """Whoever has it before them may go on; the queue sends nobody there any more."""
    Claim.objects.filter(photo=photo, task=Claim.Task.TAG).delete()


def _face(photo: Photo, officer: Officer | None, box: Rectangle, by: User | None) -> tuple[Face, bool]:
    """The tag, and whether it is new: there already, there without a name, or made now.

    The photo's row must not be locked first: whoever changes a face takes the lock of the law before any row.
    """
    x, y, width, height = box
    facts = {"x": x, "y": y, "width": width, "height": height, "tagged_by": by}
    nameless = [face for face in photo.faces.filter(officer=None) if shared(face.box, box) >= SAME_FACE]
    if officer is None:
        return (nameless[0], False) if nameless else (Face.objects.create(photo=photo, **facts), True)
    if nameless and not photo.faces.filter(officer=officer).exists():
        Face.objects.filter(pk=nameless[0].pk).update(officer=officer, tagged_at=timezone.now(), **facts)
        return Face.objects.get(pk=nameless[0].pk), True
    return Face.objects.get_or_create(photo=photo, officer=officer, defaults=facts)


def shared(one: Rectangle, other: Rectangle) -> float:
    """How much of their joint area two boxes share, from 0 to 1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if across <= 0 or down <= 0:
        return 0.0
    both = across * down
    return both / (one.width * one.height + other.width * other.height - both)


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
    """The second look says yes: the tag counts, and a proposed officer becomes public with it. Once is enough.

    Raises NotPossible for whoever tagged the face.
    """
    waiting = Face.objects.filter(pk=face.pk, reviewed_at=None)
    if not waiting.of_somebody_else(by).update(reviewed_by=by, reviewed_at=timezone.now()):
        if waiting.filter(tagged_by=by).exists():
            raise NotPossible(OWN_TAG)
        return
    if face.officer is not None and not face.officer.is_published:
        Officer.objects.filter(pk=face.officer.pk).update(is_published=True)
        audit.record(by=by, action=PUBLISHED, subject=face.officer)
    audit.record(by=by, action="approved a face", subject=face, officer=face.officer_id)
    publishing.prepare(face.photo)
    face_reviewed.send(sender=Face, face=face)


@transaction.atomic
def reject(*, face: Face, by: User) -> None:
    """The second look says no: the tag goes; so does a proposed officer whom nothing else shows."""
    _drop(face, by=by, action="rejected a face")


@transaction.atomic
def withdraw(*, face: Face, by: User) -> None:
    """Take one's own tag away while nobody has confirmed it. Raises NotPossible afterwards, and for anybody else."""
    held = Face.objects.select_for_update().filter(pk=face.pk, tagged_by=by, reviewed_at=None).first()
    if held is None:
        raise NotPossible("Only your own tags can be taken away, and only until somebody confirms them.")
    _drop(held, by=by, action="withdrew a tag")


@transaction.atomic
def use_for_recognition(*, face: Face, is_used: bool, by: User) -> None:
    """Take a confirmed face out of matching, or let it be used again. What was measured from it goes at once."""
    changed = Face.objects.filter(pk=face.pk, reviewed_at__isnull=False).exclude(use_for_recognition=is_used)
    if not changed.update(use_for_recognition=is_used):
        return
    action = "let a face be used for matching" if is_used else "took a face out of matching"
    audit.record(by=by, action=action, subject=face)
    if is_used:
        face_reviewed.send(sender=Face, face=face)


def _drop(face: Face, *, by: User, action: str) -> None:
    """Delete a tag, and a proposed officer with it; a photo without tags is asked about again."""
    officer, photo = face.officer, face.photo_id
    is_dropped = officer is not None and _is_only_proposed(officer, face)
    audit.record(by=by, action=action, subject=face, officer=face.officer_id)
    face.delete()
    if not Face.objects.filter(photo=photo).exists():
        Photo.objects.filter(pk=photo).update(left_tagging_at=None)
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


@transaction.atomic
def nobody_known(*, photo: Photo, by: User) -> None:
    """Nobody in it can be identified: the photo leaves the queue, until a coordinator puts it back."""
    if Photo.objects.to_tag().filter(pk=photo.pk).update(left_tagging_at=timezone.now()):
        _leave_queue(photo)
        audit.record(by=by, action="found nobody to tag", subject=photo)


@transaction.atomic
def ask_again(*, photo: Photo, by: User) -> None:
    """Back into the queue."""
    if Photo.objects.nobody_known().filter(pk=photo.pk).update(left_tagging_at=None):
        audit.record(by=by, action="put a photo back for tagging", subject=photo)
