"""Lawsuits: the court's record of a case, who stands on which side, and how it ended."""

from django.db import models

from officers.models.base import (
    FreeText,
    Recorded,
    in_order,
    known,
    known_or_empty,
    latest_first,
    not_negative,
)
from officers.models.department import Department
from officers.models.incident import Incident
from officers.models.officer import Officer
from officers.record_querysets import DraftQuerySet, OfLawsuitQuerySet


class Lawsuit(Recorded):
    """A case about a department's officers. `amount` is what was paid or awarded, in dollars."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "Still open"
        SETTLED = "settled", "Settled"
        FOR_PLAINTIFF = "plaintiff", "Decided for the plaintiff"
        FOR_DEFENDANT = "defendant", "Decided for the defendant"
        DISMISSED = "dismissed", "Dismissed"
        OTHER = "other", "Something else"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="lawsuits")
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="lawsuits"
    )
    title = models.CharField(max_length=300)
    court = models.CharField(max_length=200, blank=True)
    docket_number = models.CharField(max_length=100, blank=True, db_index=True)
    filed_on = models.DateField(null=True, blank=True, db_index=True)
    closed_on = models.DateField(null=True, blank=True)
    nature = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    summary = FreeText()
    is_published = models.BooleanField(default=False)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_on", "-pk"]
        indexes = latest_first("filed_on", "lawsuits")
        constraints = [
            known_or_empty(
                "outcome", "pending settled plaintiff defendant dismissed other", "lawsuit_outcome_is_known"
            ),
            not_negative("lawsuit_amount_is_not_negative", "amount"),
            in_order("filed_on", "closed_on", "lawsuit_closes_after_it_is_filed"),
        ]

    def __str__(self) -> str:
        return self.title


class LawsuitParty(Recorded):
    """Somebody named in a case: an officer of the record, a department, or a name in the court's papers."""

    class Role(models.TextChoices):
        PLAINTIFF = "plaintiff", "Plaintiff"
        DEFENDANT = "defendant", "Defendant"
        OTHER = "other", "Other"

    lawsuit = models.ForeignKey(Lawsuit, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=250, blank=True)
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.SET_NULL, related_name="lawsuit_parties"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = OfLawsuitQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
        verbose_name_plural = "lawsuit parties"
        constraints = [known("role", "plaintiff defendant other", "party_role_is_known")]

    def __str__(self) -> str:
        return self.name or str(self.officer or self.department or "not known")
