"""Complaints: what somebody complained of, what each officer is accused of, what was found, and what followed.

complaint -> allegations -> findings -> penalties. Words of the source are kept beside the choices they were read as.
"""

from django.db import models

from officers.models.base import FreeText, Recorded, in_order, known_or_empty, latest_first, not_negative
from officers.models.department import Department
from officers.models.incident import Incident
from officers.models.officer import Officer
from officers.record_querysets import (
    DraftQuerySet,
    OfAllegationQuerySet,
    OfComplaintQuerySet,
    OfFindingQuerySet,
)


class Complaint(Recorded):
    """A complaint about a department's officers. The person who complained has no field here."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="complaints")
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="complaints"
    )
    record_number = models.CharField(max_length=60, blank=True, db_index=True)
    category = models.CharField(max_length=200, blank=True)
    received_on = models.DateField(null=True, blank=True, db_index=True)
    closed_on = models.DateField(null=True, blank=True)
    summary = FreeText()
    outcome = models.CharField(max_length=200, blank=True)
    is_published = models.BooleanField(default=False)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        indexes = latest_first("received_on", "complaints")
        constraints = [in_order("received_on", "closed_on", "complaint_closes_after_it_is_received")]

    def __str__(self) -> str:
        return self.record_number or f"Complaint {self.pk}"


class Allegation(Recorded):
    """One accusation of a complaint. `accused_as` is the name in the source, for officers who are not identified."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="allegations")
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.SET_NULL, related_name="allegations"
    )
    accused_as = models.CharField(max_length=250, blank=True)
    allegation = models.CharField(max_length=300)
    subtype = models.CharField(max_length=200, blank=True)
    directive = models.CharField("rule said to be broken", max_length=200, blank=True)
    details = FreeText()

    objects = OfComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.allegation


class Finding(Recorded):
    """What somebody with the power to say so found about an allegation. Boards and chiefs may differ: one row each."""

    class Disposition(models.TextChoices):
        SUSTAINED = "sustained", "Sustained"
        NOT_SUSTAINED = "not_sustained", "Not sustained"
        EXONERATED = "exonerated", "Exonerated"
        UNFOUNDED = "unfounded", "Unfounded"
        WITHDRAWN = "withdrawn", "Withdrawn or closed without a finding"
        OTHER = "other", "Something else"

    allegation = models.ForeignKey(Allegation, on_delete=models.CASCADE, related_name="findings")
    disposition = models.CharField(max_length=15, blank=True, choices=Disposition.choices)
    as_written = models.CharField(max_length=200, blank=True)
    found_by = models.CharField(max_length=200, blank=True)
    is_recommendation = models.BooleanField(default=False)
    found_on = models.DateField(null=True, blank=True)

    objects = OfAllegationQuerySet.as_manager()

    class Meta:
        ordering = ["found_on", "pk"]
        constraints = [
            known_or_empty(
                "disposition",
                "sustained not_sustained exonerated unfounded withdrawn other",
                "finding_disposition_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.as_written or self.get_disposition_display() or "Not known"


class Penalty(Recorded):
    """What followed from a finding. `days` and `amount` (dollars) where the penalty has them."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="penalties")
    penalty = models.CharField(max_length=300)
    days = models.PositiveIntegerField(null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    is_recommendation = models.BooleanField(default=False)
    assessed_on = models.DateField(null=True, blank=True)

    objects = OfFindingQuerySet.as_manager()

    class Meta:
        ordering = ["assessed_on", "pk"]
        verbose_name_plural = "penalties"
        constraints = [not_negative("penalty_amount_is_not_negative", "amount")]

    def __str__(self) -> str:
        return self.penalty
