"""Incidents: when and where something happened, who was there, which plates were seen."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from officers.models.base import FreeText, Recorded, latest_first
from officers.models.department import Department
from officers.models.officer import Officer
from officers.models.place import State
from officers.record_querysets import DraftQuerySet

# "123 Main Street" is somebody's door; "5th Avenue" and "8 Mile Road" are streets.
STREET_NUMBER = r"^\s*[0-9]+[A-Za-z]?\s+(?!Mile)"

no_street_number = RegexValidator(
    STREET_NUMBER,
    "Leave out the street number: the street and a cross street are enough.",
    inverse_match=True,
)


class Location(models.Model):
    """Roughly where something happened. A value, never edited: a correction names another location.

    Several records share a row, so that an edit of one never changes another. No street numbers.
    """

    street_name = models.CharField(max_length=100, blank=True, validators=[no_street_number])
    cross_street1 = models.CharField(max_length=100, blank=True, validators=[no_street_number])
    cross_street2 = models.CharField(max_length=100, blank=True, validators=[no_street_number])
    city = models.CharField(max_length=100, blank=True)
    state = models.ForeignKey(State, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    zip_code = models.CharField(
        "ZIP code",
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{5}$", "A ZIP code is five digits.")],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["street_name", "cross_street1", "cross_street2", "city", "state", "zip_code"],
                name="one_row_per_location",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="no_street_numbers",
                condition=~Q(street_name__iregex=STREET_NUMBER)
                & ~Q(cross_street1__iregex=STREET_NUMBER)
                & ~Q(cross_street2__iregex=STREET_NUMBER),
            ),
            models.CheckConstraint(
                name="zip_code_is_five_digits", condition=Q(zip_code="") | Q(zip_code__regex="^[0-9]{5}$")
            ),
        ]
        indexes = [models.Index(fields=["city", "street_name"], name="locations_by_street")]

    def __str__(self) -> str:
        crossing = " and ".join(street for street in (self.cross_street1, self.cross_street2) if street)
        street = f"{self.street_name} at {crossing}" if self.street_name and crossing else self.street_name
        state = " ".join(part for part in (self.state_id or "", self.zip_code) if part)
        return ", ".join(part for part in (street or crossing, self.city, state) if part)


class LicensePlate(models.Model):
    """A plate as it was written down, and its state where that is known. A value, never edited."""

    number = models.CharField(max_length=10)
    state = models.ForeignKey(State, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "state"], name="one_row_per_plate", nulls_distinct=False
            ),
            models.CheckConstraint(name="a_plate_has_a_number", condition=Q(number__regex="[A-Za-z0-9]")),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.state_id})" if self.state_id else self.number


class Incident(Recorded):
    """Something that happened, as of one department. A draft until somebody publishes it.

    `date` and `time` are the clock on the wall there; `happened_at` is the moment, by the department's time zone.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="incidents")
    date = models.DateField(null=True, blank=True, db_index=True)
    time = models.TimeField(null=True, blank=True)
    report_number = models.CharField(max_length=50, blank=True, db_index=True)
    description = FreeText()
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    officers = models.ManyToManyField(Officer, blank=True, related_name="incidents")
    license_plates = models.ManyToManyField(LicensePlate, blank=True, related_name="incidents")
    is_published = models.BooleanField(default=False)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = [F("date").desc(nulls_last=True), F("time").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                name="incident_date_is_plausible",
                condition=Q(date=None) | Q(date__gte=datetime.date(1900, 1, 1)),
            )
        ]
        indexes = [
            *latest_first("date", "incidents"),
            models.Index(
                "department",
                F("date").desc(nulls_last=True),
                F("time").desc(nulls_last=True),
                F("id").desc(),
                name="incidents_latest_first",
            ),
        ]

    def __str__(self) -> str:
        return self.report_number or f"Incident {self.pk}"

    @property
    def happened_at(self) -> datetime.datetime | None:
        """The moment, with its time zone; None when the day or the time is not known."""
        if self.date is None or self.time is None:
            return None
        return datetime.datetime.combine(self.date, self.time, tzinfo=self.department.zone)

    def clean(self) -> None:
        if self.time is not None and self.date is None:
            raise ValidationError({"date": "Give the day too, or leave the time out."})
