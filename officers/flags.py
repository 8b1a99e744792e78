"""Flags: anybody says that something is wrong, a coordinator of the department looks and writes down what they found.

What could harm a child, a private person or somebody under Illinois law is hidden before anybody looked. Once somebody
has looked at such a flag and left the photo as it is, the same complaint about it waits like any other: otherwise
whoever likes could hide a photo again and again.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from officers import cards, holds, submissions, tagging, tickets
from officers.models import Department, Face, Flag, Officer, Photo
from oversight import audit
from oversight.models import User

HIDES_AT_ONCE = {Flag.Reason.MINOR, Flag.Reason.PRIVATE, Flag.Reason.ILLINOIS}
SHORTEST_FINDING = 10
Outcome = Flag.Outcome


@transaction.atomic
def flag_photo(*, photo: Photo, reason: str, text: str, face: Face | None = None) -> str:
    """Flag a photo, or the face in it. Returns the code to come back with."""
    code = tickets.new_code()
    hides = reason in HIDES_AT_ONCE and not _was_kept(photo, reason)
    if hides:
        holds.wait_for_the_gate()
    flag = Flag.objects.create(
        code_hash=tickets.code_hash(code),
        reason=reason,
        text=text,
        photo=photo,
        face=face,
        department_id=photo.department_id,
    )
    audit.record(by=None, action="flagged", subject=flag, reason=reason)
    if hides:
        holds.place_for_visitor(photo=photo, flag=flag)
    return code


def _was_kept(photo: Photo, reason: str) -> bool:
    return Flag.objects.filter(photo=photo, reason=reason, outcome=Outcome.KEPT).exists()


@transaction.atomic
def flag_officer(*, officer: Officer, reason: str, part: str, text: str) -> str:
    """Flag an officer's page or a fact on it. It waits for a person. Returns the code to come back with."""
    stint = cards.current_assignment(officer)
    if stint is None:
        raise ValidationError("This officer is in no department.")
    code = tickets.new_code()
    flag = Flag.objects.create(
        code_hash=tickets.code_hash(code),
        reason=reason,
        part=part,
        text=text,
        officer=officer,
        department_id=stint.department_id,
    )
    audit.record(by=None, action="flagged", subject=flag, reason=reason)
    return code


def _keep(flag: Flag, by: User) -> None:
    for hold in flag.holds.filter(ended_at=None):
        holds.end(hold=hold, by=by)


def _hide(flag: Flag, by: User) -> None:
    """Confirmed: from now on the hold is theirs, not the visitor's."""
    reason = flag.reason if flag.reason in HIDES_AT_ONCE else "wrong"
    holds.place(subject=flag.photo or _officer(flag), reason=reason, by=by)
    _keep(flag, by)


def _prohibit(flag: Flag, by: User) -> None:
    """It is from Illinois: never compared again (the database's one-way mark), and a photo stays hidden."""
    if flag.photo is None:
        officer = _officer(flag)
        Officer.objects.filter(pk=officer.pk).update(ever_prohibited=True)
        audit.record(by=by, action="marked as from a prohibited place", subject=officer)
        return
    Photo.objects.filter(pk=flag.photo.pk).update(taken_in_prohibited_place=True)
    audit.record(by=by, action="marked as from a prohibited place", subject=flag.photo)
    _hide(flag, by)


def _untag(flag: Flag, by: User) -> None:
    if flag.face is None:
        raise ValidationError("The tag is gone already.")
    tagging.reject(face=flag.face, by=by)


def _delete(flag: Flag, by: User) -> None:
    holds.delete_later(photo=_photo(flag), by=by)


def _officer(flag: Flag) -> Officer:
    if flag.officer is None:
        raise ValidationError("The officer is not in the record any more.")
    return flag.officer


def _photo(flag: Flag) -> Photo:
    if flag.photo is None:
        raise ValidationError("The photo is gone already.")
    return flag.photo


ACTS: dict[str, Callable[[Flag, User], None]] = {
    Outcome.KEPT: _keep,
    Outcome.HIDDEN: _hide,
    Outcome.PROHIBITED: _prohibit,
    Outcome.UNTAGGED: _untag,
    Outcome.DELETED: _delete,
}


@transaction.atomic
def decide(*, flag: Flag, outcome: str, finding: str, by: User, department: Department | None = None) -> None:
    """Do what was decided and end the flag. `department`: where a photo moves to, for MOVED.

    Raises ValidationError in plain words, PermissionDenied for who does not keep the flag's department.
    """
    holds.wait_for_the_gate()
    locked = Flag.objects.kept_by(by).select_for_update(of=("self",)).filter(pk=flag.pk).first()
    if locked is None:
        raise PermissionDenied
    if locked.ended_at is not None:
        raise ValidationError("Somebody has decided this already.")
    if len(finding.strip()) < SHORTEST_FINDING:
        raise ValidationError("Write down in a few words what you found.")
    if outcome == Outcome.MOVED:
        _move(locked, department, by)
    elif outcome in ACTS:
        ACTS[outcome](locked, by)
    else:
        raise ValidationError("Choose what to do.")
    Flag.objects.filter(pk=flag.pk).update(
        outcome=outcome, finding=finding.strip(), ended_at=timezone.now(), ended_by=by
    )
    audit.record(by=by, action="decided a flag", subject=locked, outcome=outcome)


def _move(flag: Flag, department: Department | None, by: User) -> None:
    if department is None:
        raise ValidationError("Choose the department that the photo belongs to.")
    submissions.refile(_photo(flag), department=department, by=by)
