"""Holding an officer or a photo back from the public, and letting go again.

A hold is one row; every list and look-up asks for it (officers/querysets.py), so it closes all doors at commit. Those
who keep the department set and end it; a visitor's flag sets one where waiting would do harm (officers/flags.py). A
photo that is deleted is first only held, so that a mistake can be undone.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from officers import submissions
from officers.models import Assignment, Department, Flag, Hold, Officer, Photo
from officers.querysets import is_admin
from officers.signals import held
from oversight import audit
from oversight.models import User

UNDO_DAYS = 7
PHOTOS_AT_ONCE = 100

Subject = Officer | Photo


def wait_for_the_gate() -> None:
    """Take the gate's lock before any row, as everybody does who may delete what was measured, until the end of the
    transaction. Otherwise two who delete and decide at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gate_hold(true)")


def may_hold(user: User, subject: Subject) -> bool:
    """Those who keep a department of the officer, or the photo's; and admins."""
    if is_admin(user):
        return True
    kept = Department.objects.kept_by(user)
    if isinstance(subject, Photo):
        return kept.filter(pk=subject.department_id).exists()
    return Assignment.objects.filter(officer=subject, department__in=kept).exists()


@transaction.atomic
def place(*, subject: Subject, reason: str, by: User, until: datetime | None = None) -> Hold:
    """Hold something back until somebody lets go, or `until`. Raises PermissionDenied."""
    if not may_hold(by, subject):
        raise PermissionDenied
    return _place(subject, by=by, reason=reason, until=until)


def place_for_visitor(*, photo: Photo, flag: Flag) -> Hold:
    """What a flag that cannot wait does: the photo is hidden before anybody looked. Inside a transaction."""
    return _place(photo, by=None, reason=flag.reason, flag=flag)


def _place(subject: Subject, *, by: User | None, reason: str, **more: Any) -> Hold:
    wait_for_the_gate()
    where = {"photo": subject} if isinstance(subject, Photo) else {"officer": subject}
    hold = Hold.objects.create(**where, by=by, reason=reason, **more)
    audit.record(by=by, action="hid", subject=subject, reason=reason, hold=hold.pk)
    held.send(sender=Hold, hold=hold)
    return hold


@transaction.atomic
def end(*, hold: Hold, by: User) -> None:
    """Let go, if this person may. What hid the same thing for another reason stands. Raises PermissionDenied.

    A deletion that is undone leaves the flags that led to it as looked at and kept.
    """
    if not Hold.objects.kept_by(by).filter(pk=hold.pk).exists():
        raise PermissionDenied
    open_hold = Hold.objects.select_for_update().filter(pk=hold.pk, ended_at=None).first()
    if open_hold is None:
        return
    Hold.objects.filter(pk=hold.pk).update(ended_at=timezone.now(), ended_by=by)
    if open_hold.erase_at is not None:
        Flag.objects.filter(photo=open_hold.photo_id, outcome=Flag.Outcome.DELETED).update(
            outcome=Flag.Outcome.KEPT
        )
    subject = open_hold.photo or open_hold.officer or open_hold
    audit.record(by=by, action="ended a hold", subject=subject, reason=open_hold.reason, hold=hold.pk)


@transaction.atomic
def delete_later(*, photo: Photo, by: User) -> Hold:
    """Hide a photo now and delete it for good in UNDO_DAYS; ending the hold undoes it. Raises PermissionDenied."""
    if not may_hold(by, photo):
        raise PermissionDenied
    erase_at = timezone.now() + timedelta(days=UNDO_DAYS)
    return _place(photo, by=by, reason=Hold.Reason.DELETED, erase_at=erase_at)


@transaction.atomic
def delete_now(*, photo: Photo, by: User) -> None:
    """Delete a photo for good at once. Only an admin may. Raises PermissionDenied."""
    if not is_admin(by):
        raise PermissionDenied
    _erase(photo, by=by)


def _erase(photo: Photo, by: User | None) -> None:
    wait_for_the_gate()
    facts = {} if by else {"actor": audit.SYSTEM}
    audit.record(by=by, action="deleted a photo", subject=photo, **facts)
    Flag.objects.filter(photo=photo, ended_at=None).update(
        ended_at=timezone.now(), ended_by=by, outcome=Flag.Outcome.DELETED
    )
    submissions.forget(photo)


def erase_due() -> int:
    """Delete the photos whose time to undo is over. Returns how many. Run by the sweeper."""
    due = Photo.objects.filter(Exists(_due().filter(photo=OuterRef("pk"))))
    return sum(_erase_if_due(photo) for photo in due[:PHOTOS_AT_ONCE])


def _due() -> Any:
    return Hold.objects.standing().filter(erase_at__lte=timezone.now())


@transaction.atomic
def _erase_if_due(photo: Photo) -> bool:
    """Delete one, unless somebody has undone it since it was looked up."""
    wait_for_the_gate()
    is_due = _due().select_for_update().filter(photo=photo).first() is not None
    if is_due:
        _erase(photo, by=None)
    return is_due
