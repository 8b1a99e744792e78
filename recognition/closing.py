"""When a door closes: work that is now forbidden stops, within the second, whatever closed it.

The database gives notice at commit (officers/migrations/sql/epoch.sql), also for raw SQL. What was stored is deleted by
then; this ends what runs or waits.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from officers import jurisdiction
from oversight import outbox
from oversight.gate import Reason
from recognition import telling
from recognition.gallery import ENROL
from recognition.identification import IDENTIFY
from recognition.models import Identification

NOT_OVER = [Identification.State.WAITING, Identification.State.ASKING]


def stop_forbidden_work() -> int:
    """Refuse open searches that the gate no longer allows, and stop their jobs. Returns how many searches ended."""
    ended = _end_searches()
    outbox.withdraw(job=IDENTIFY, subjects=[str(pk) for pk in ended], why="gate_closed")
    outbox.withdraw(job=ENROL, subjects=_refused_enrolments(), why="gate_closed")
    return len(ended)


@transaction.atomic
def _end_searches() -> list[UUID]:
    """Searches not over whose department, photo or photo's department is refused now."""
    waiting = Identification.objects.filter(state__in=NOT_OVER)
    departments = {pk for pair in waiting.values_list("department_id", "photo__department_id") for pk in pair}
    refused = {pk: reason for pk, reason in jurisdiction.refusals(departments).items() if reason}
    closed = waiting.filter(
        Q(department__in=refused) | Q(photo__department__in=refused) | Q(photo__ever_prohibited=True)
    )
    ended = list(closed.values_list("pk", "department_id"))
    for pk, department in ended:
        reason = refused.get(department, Reason.PHOTO_PROHIBITED)
        Identification.objects.filter(pk=pk, state__in=NOT_OVER).update(
            state=Identification.State.REFUSED, reason=reason, done_at=timezone.now()
        )
    telling.promise([pk for pk, _ in ended])
    return [pk for pk, _ in ended]


def _refused_enrolments() -> list[str]:
    waiting = outbox.waiting_subjects(ENROL)
    refusals = jurisdiction.refusals([int(subject) for subject in waiting])
    return [subject for subject in waiting if refusals.get(int(subject), Reason.PLACE_UNKNOWN)]
