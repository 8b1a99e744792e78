""" "Is this an officer?": volunteers look at the person whom somebody asked about, if that somebody lets them.

They see the one person, never the rest of the photo, and never the address of the question: it would open the result.
Their yes is what lets the search go on, in every department that was asked about this same person.
"""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from oversight import audit
from oversight.models import User
from recognition import asked_person, police, telling
from recognition import identification as identifications
from recognition.models import Identification, VolunteerLook

State, Answer = Identification.State, VolunteerLook.Answer
SAID = "looked whether a person is police"


@transaction.atomic
def allow(identification: Identification) -> None:
    """The asker lets volunteers look. A search that ended for want of a yes begins again; a no stays a no.

    Raises police.NotConfirmed where a volunteer has said no.
    """
    look, _ = VolunteerLook.objects.get_or_create(identification=identification)
    if look.answer == Answer.NO:
        raise police.NotConfirmed
    if look.answer == Answer.UNCLEAR:
        VolunteerLook.objects.filter(pk=look.pk).update(answer=Answer.OPEN)
    held = Identification.objects.select_for_update(no_key=True).get(pk=identification.pk)
    if held.state == State.UNUSABLE and held.reason == police.NOT_CONFIRMED:
        identifications.begin(held)


def waiting() -> QuerySet[VolunteerLook]:
    """Looks that are wanted now, the oldest first."""
    return VolunteerLook.objects.filter(
        answer=Answer.OPEN,
        identification__state=State.ASKING,
        identification__expires_at__gt=timezone.now(),
    ).select_related("identification__photo", "identification__department")


@transaction.atomic
def say(*, look: VolunteerLook, answer: str, by: User) -> bool:
    """Record a volunteer's answer. Returns False where it came too late: answered by somebody else, or over."""
    asked = look.identification
    of_the_same = waiting().filter(
        identification__photo=asked.photo_id,
        identification__x=asked.x,
        identification__y=asked.y,
        identification__width=asked.width,
        identification__height=asked.height,
    )
    answered = list(of_the_same.select_for_update(of=("self",)))
    VolunteerLook.objects.filter(pk__in=[one.pk for one in answered]).update(answer=Answer(answer))
    for one in answered:
        audit.record(by=by, action=SAID, subject=one.identification.department, answer=answer)
        transaction.on_commit(partial(asked_person.drop, one.identification), robust=True)
        if answer == Answer.YES:
            identifications.begin(one.identification)
    if answer != Answer.YES:
        _end([one.identification_id for one in answered])
    return bool(answered)


def _end(pks: list[UUID]) -> None:
    Identification.objects.filter(pk__in=pks, state=State.ASKING).update(
        state=State.UNUSABLE, reason=police.NOT_CONFIRMED, done_at=timezone.now()
    )
    telling.promise(pks)
