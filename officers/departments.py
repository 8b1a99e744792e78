"""Turning face matching on and off for a department. On needs a reason in writing; off needs nothing."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from officers.models import Department, MatchingProposal
from oversight import audit, people
from oversight.models import User

LONGEST_REVIEW = timedelta(days=365)
YOUNGEST_APPROVER = timedelta(days=30)
"""A second account made for the purpose must not do."""


@transaction.atomic
def allow_matching(*, department: Department, by: User, legal_basis: str, review_due: date) -> bool:
    """Allow face matching; with settings.SECOND_APPROVER, propose it. Returns whether it is allowed now.

    Raises ValidationError in plain words. The database refuses Illinois whatever we do.
    """
    today = timezone.now().date()
    if not by.is_admin:
        raise ValidationError("Only an administrator may allow face matching.")
    if len(legal_basis.strip()) < 20:
        raise ValidationError("Write down on what legal basis matching is allowed here.")
    if not today < review_due <= today + LONGEST_REVIEW:
        raise ValidationError(
            "Choose a day within the next twelve months on which this must be looked at again."
        )
    if settings.SECOND_APPROVER:
        proposal = {"legal_basis": legal_basis.strip(), "review_due": review_due, "proposed_by": by}
        MatchingProposal.objects.update_or_create(department=department, defaults=proposal)
        audit.record(by=by, action="proposed matching", subject=department)
        return False
    _allow(department, legal_basis.strip(), review_due, by)
    return True


@transaction.atomic
def approve_matching(*, department: Department, by: User) -> None:
    """The second admin's yes to another's proposal, just as it was written. Raises ValidationError."""
    proposal = MatchingProposal.objects.select_for_update().filter(department=department).first()
    if proposal is None:
        raise ValidationError("Nobody has proposed it, or the proposal was taken back.")
    if not by.is_admin or proposal.proposed_by_id == by.pk:
        raise ValidationError("Another administrator than the one who proposed it must approve.")
    if by.date_joined > timezone.now() - YOUNGEST_APPROVER:
        raise ValidationError("Your account is too new to approve this: it must be 30 days old.")
    _allow(department, proposal.legal_basis, proposal.review_due, by)
    proposal.delete()


def _allow(department: Department, legal_basis: str, review_due: date, by: User) -> None:
    try:
        with transaction.atomic():
            Department.objects.filter(pk=department.pk).update(
                is_facial_recognition_allowed=True,
                recognition_legal_basis=legal_basis,
                recognition_review_due=review_due,
            )
    except IntegrityError as refused:
        raise ValidationError("The law where this department works forbids comparing faces.") from refused
    audit.record(by=by, action="allowed matching", subject=department, review_due=review_due.isoformat())
    transaction.on_commit(lambda: _tell_admins(department, by), robust=True)


def _tell_admins(department: Department, by: User) -> None:
    """Nobody opens this door unseen: every admin can close it again with one click."""
    people.tell_admins(
        subject="face matching was allowed",
        message=f"{by.username} has allowed face matching for {department.name}. If that is not right, switch it"
        " off on the department's page: one click, and what was measured is deleted.",
    )


@transaction.atomic
def forbid_matching(*, department: Department, by: User) -> None:
    """Forbid face matching, at once: the database deletes the department's templates in the same transaction."""
    Department.objects.filter(pk=department.pk).update(is_facial_recognition_allowed=False)
    MatchingProposal.objects.filter(department=department).delete()
    audit.record(by=by, action="forbade matching", subject=department)
