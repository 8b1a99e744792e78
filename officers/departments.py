"""Turning face matching on and off for a department. On needs a reason in writing; off needs nothing."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from officers.models import Department
from oversight import audit
from oversight.models import User

LONGEST_REVIEW = timedelta(days=365)


@transaction.atomic
def allow_matching(*, department: Department, by: User, legal_basis: str, review_due: date) -> None:
    """Allow face matching. Raises ValidationError in plain words; the database refuses Illinois whatever we do."""
    today = timezone.now().date()
    if not by.is_admin:
        raise ValidationError("Only an administrator may allow face matching.")
    if len(legal_basis.strip()) < 20:
        raise ValidationError("Write down on what legal basis matching is allowed here.")
    if not today < review_due <= today + LONGEST_REVIEW:
        raise ValidationError(
            "Choose a day within the next twelve months on which this must be looked at again."
        )
    try:
        with transaction.atomic():
            Department.objects.filter(pk=department.pk).update(
                is_facial_recognition_allowed=True,
                recognition_legal_basis=legal_basis.strip(),
                recognition_review_due=review_due,
            )
    except IntegrityError as refused:
        raise ValidationError("The law where this department works forbids comparing faces.") from refused
    audit.record(by=by, action="allowed matching", subject=department, review_due=review_due.isoformat())
    transaction.on_commit(lambda: _tell_admins(department, by), robust=True)


def _tell_admins(department: Department, by: User) -> None:
    """Nobody opens this door unseen: every admin can close it again with one click."""
    admins = User.objects.filter(role=User.Role.ADMIN, is_active=True).values_list("email", flat=True)
    send_mail(
        subject=f"{settings.SITE_NAME}: face matching was allowed",
        message=f"{by.username} has allowed face matching for {department.name}. If that is not right, switch it"
        " off on the department's page: one click, and what was measured is deleted.",
        from_email=None,
        recipient_list=list(admins),
        fail_silently=True,  # it is in the audit log and on the public page whatever the mail server does
    )


@transaction.atomic
def forbid_matching(*, department: Department, by: User) -> None:
    """Forbid face matching, at once: the database deletes the department's templates in the same transaction."""
    Department.objects.filter(pk=department.pk).update(is_facial_recognition_allowed=False)
    audit.record(by=by, action="forbade matching", subject=department)
