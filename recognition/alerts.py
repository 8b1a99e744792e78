"""When a guard fires at the result or on the page: an audit row, an alert with an owner, a mail to every admin.

None of them says who was found. Somebody takes the alert, finds out how a forbidden template could be there, and ends
it in writing.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from officers.models import Department
from oversight import audit, people
from oversight.models import User
from recognition.models import GuardAlert
from recognition.transparency import VOIDED

SHORTEST_FINDING = 20


@transaction.atomic
def search_voided(*, department: Department, stage: str, reason: str) -> None:
    """Record that a search was voided, and tell the admins when that is committed."""
    audit.record(by=None, actor=audit.SYSTEM, action=VOIDED, subject=department, stage=stage, reason=reason)
    GuardAlert.objects.create(department=department, stage=stage, reason=reason)
    transaction.on_commit(lambda: _tell_admins(department))


def _tell_admins(department: Department) -> None:
    people.tell_admins(
        subject="a face search was voided",
        message=f"A search in {department.name} was voided, because the law forbids what it found. Nothing was shown.\n"
        "Somebody has to find out how that could be: see the alerts on the site.",
    )


@transaction.atomic
def take(*, alert: GuardAlert, by: User) -> None:
    """Become the owner of an alert."""
    GuardAlert.objects.filter(pk=alert.pk, ended_at=None).update(owner=by)
    audit.record(by=by, action="took a guard alert", subject=alert)


@transaction.atomic
def end(*, alert: GuardAlert, by: User, finding: str) -> None:
    """End an alert with what was found. Raises ValidationError when that is not written down."""
    if len(finding.strip()) < SHORTEST_FINDING:
        raise ValidationError("Write down how it could happen and what was done.")
    GuardAlert.objects.filter(pk=alert.pk).update(owner=by, finding=finding.strip(), ended_at=timezone.now())
    audit.record(by=by, action="ended a guard alert", subject=alert)
