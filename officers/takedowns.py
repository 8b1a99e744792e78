"""Requests to take something down: from anybody, without an account, answered by an admin before a day that is set.

Every step is an audit row; none says who asked or what they wrote.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from officers import holds, tickets
from officers.models import Face, Hold, Officer, Photo, Takedown
from oversight import audit, people
from oversight.models import User

SHORTEST_ANSWER = 20
MOST_LINKS = 20
_OFFICER = re.compile(r"/officers/(\d{1,18})\b")
_FACE = re.compile(r"/faces/(\d{1,18})\b")
_PHOTO = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """What the pasted links lead to, as far as it is in the record."""

    officers: tuple[Officer, ...]
    photos: tuple[Photo, ...]


@transaction.atomic
def ask(*, asker: str, links: str, why: str, contact: str) -> str:
    """Take a request in and tell the admins that there is one. Returns the code to come back with."""
    code = tickets.new_code()
    due_at = timezone.now() + timedelta(days=settings.TAKEDOWN_DAYS)
    request = Takedown.objects.create(
        code_hash=tickets.code_hash(code), asker=asker, links=links, why=why, contact=contact, due_at=due_at
    )
    audit.record(by=None, action="asked to take something down", subject=request)
    transaction.on_commit(lambda: _tell_admins(request), robust=True)
    return code


def _tell_admins(request: Takedown) -> None:
    """Not what it is about: mail is read by too many machines."""
    people.tell_admins(
        subject="somebody asks to take something down",
        message=f"Request {request.pk} has arrived. It must be answered by {request.due_at:%d %B %Y}.\n"
        f"See {reverse('takedowns')} on the site.",
    )


def named(request: Takedown) -> Named:
    """What the links lead to. Three queries."""
    text = request.links
    of_faces = Face.objects.filter(pk__in=_numbers(_FACE, text)).values_list("photo_id", flat=True)
    photos = {uuid.UUID(found) for found in _PHOTO.findall(text)[:MOST_LINKS]} | set(of_faces)
    return Named(
        officers=tuple(Officer.objects.filter(pk__in=_numbers(_OFFICER, text))),
        photos=tuple(Photo.objects.filter(pk__in=photos, expires_at=None)),
    )


def _numbers(pattern: re.Pattern[str], text: str) -> list[int]:
    return [int(number) for number in pattern.findall(text)[:MOST_LINKS]]


def _locked(request: Takedown, by: User) -> Takedown:
    if not by.is_admin:
        raise PermissionDenied
    holds.wait_for_the_gate()
    locked: Takedown = Takedown.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.ended_at is not None:
        raise ValidationError("This request was answered already.")
    return locked


@transaction.atomic
def take(*, request: Takedown, by: User) -> None:
    """Become the one who answers. Raises PermissionDenied, and ValidationError when it is over."""
    Takedown.objects.filter(pk=_locked(request, by).pk).update(owner=by)
    audit.record(by=by, action="took a request", subject=request)


@transaction.atomic
def hide(*, request: Takedown, by: User) -> int:
    """Hide whatever the links lead to, until an admin lets go. Returns how many were hidden now. Raises as `take`."""
    found = named(_locked(request, by))
    hidden = 0
    subjects: list[holds.Subject] = [*found.officers, *found.photos]
    for subject in subjects:
        if not subject.holds.filter(reason=Hold.Reason.TAKEDOWN, ended_at=None).exists():
            holds.place(subject=subject, reason=Hold.Reason.TAKEDOWN, by=by)
            hidden += 1
    audit.record(by=by, action="hid what a request names", subject=request, things=hidden)
    return hidden


@transaction.atomic
def delete_photos(*, request: Takedown, by: User) -> int:
    """Delete the photos that the links lead to, for good and at once. Returns how many. Raises as `take`."""
    found = named(_locked(request, by))
    for photo in found.photos:
        holds.delete_now(photo=photo, by=by)
    audit.record(by=by, action="deleted what a request names", subject=request, photos=len(found.photos))
    return len(found.photos)


@transaction.atomic
def answer(*, request: Takedown, by: User, text: str) -> None:
    """Answer in words that the person reads with their code, and close it. Raises as `take`."""
    locked = _locked(request, by)
    if len(text.strip()) < SHORTEST_ANSWER:
        raise ValidationError("Write what was done and why. The person who asked reads this.")
    Takedown.objects.filter(pk=locked.pk).update(
        answer=text.strip(), owner=by, ended_at=timezone.now(), ended_by=by
    )
    audit.record(by=by, action="answered a request", subject=request)
