"""Officers and their assignments. An officer belongs to departments only through assignments."""

from django.db import models
from django.db.models import F, Q

from officers.models.base import FreeText, Recorded, known_or_empty
from officers.models.department import Department, Rank, Unit
from officers.querysets import OfficerQuerySet
from officers.record_querysets import RecordQuerySet


class Officer(Recorded):
    """A person as a police officer: no address, family, private phone or e-mail has a field here.

    `ever_prohibited` is a one-way ratchet that only the database sets: was this officer ever assigned to a department
    where matching is forbidden by law? Such an officer is never compared again, wherever they go.
    """

    class Race(models.TextChoices):
        ASIAN = "ASIAN", "Asian"
        BLACK = "BLACK", "Black"
        HISPANIC = "HISPANIC", "Hispanic"
        NATIVE_AMERICAN = "NATIVE AMERICAN", "Native American"
        PACIFIC_ISLANDER = "PACIFIC ISLANDER", "Pacific Islander"
        WHITE = "WHITE", "White"
        OTHER = "Other", "Other"

    class Gender(models.TextChoices):
        MALE = "M", "Male"
        FEMALE = "F", "Female"
        OTHER = "Other", "Other"

    first_name = models.CharField(max_length=120, blank=True)
    middle_name = models.CharField(max_length=120, blank=True)
    last_name = models.CharField(max_length=120, blank=True, db_index=True)
    suffix = models.CharField(max_length=120, blank=True)
    race = models.CharField(max_length=20, blank=True, choices=Race.choices)
    gender = models.CharField(max_length=10, blank=True, choices=Gender.choices)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    employment_date = models.DateField(null=True, blank=True)
    internal_id = models.CharField(max_length=50, blank=True, db_index=True)
    is_published = models.BooleanField(default=True)
    ever_prohibited = models.BooleanField(default=False, editable=False)
    departments = models.ManyToManyField(Department, through="Assignment", related_name="officers")

    objects = OfficerQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        indexes = [models.Index(fields=["last_name", "first_name", "id"], name="officers_by_name")]
        constraints = [
            models.CheckConstraint(
                name="birth_year_is_plausible",
                condition=Q(birth_year=None) | Q(birth_year__gte=1900, birth_year__lte=2100),
            ),
            models.CheckConstraint(
                name="race_is_known_or_empty",
                condition=Q(
                    race__in=[
                        "",
                        "ASIAN",
                        "BLACK",
                        "HISPANIC",
                        "NATIVE AMERICAN",
                        "PACIFIC ISLANDER",
                        "WHITE",
                        "Other",
                    ]
                ),
            ),
            known_or_empty("gender", "M F Other", "gender_is_known_or_empty"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name as people say it, or what stands in for one that is not known."""
        parts = [self.first_name, self.middle_name, self.last_name, self.suffix]
        return " ".join(part for part in parts if part) or "Name not known"


class Assignment(Recorded):
    """One stint of an officer in one department. `separation`: why it ended, and `separation_note` in its own words."""

    class Status(models.TextChoices):
        ACTIVE = "active", "On duty"
        LEAVE = "leave", "On leave"
        SUSPENDED = "suspended", "Suspended"
        SEPARATED = "separated", "Left the department"

    class Separation(models.TextChoices):
        RESIGNED = "resigned", "Resigned"
        RETIRED = "retired", "Retired"
        TERMINATED = "terminated", "Dismissed"
        IN_LIEU = "in_lieu", "Resigned or retired instead of being dismissed"
        TRANSFERRED = "transferred", "Moved to another department"
        DIED = "died", "Died"
        OTHER = "other", "Another reason"

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    rank = models.ForeignKey(Rank, null=True, blank=True, on_delete=models.SET_NULL)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL)
    badge_number = models.CharField(max_length=120, blank=True, db_index=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, blank=True, db_default="", choices=Status.choices)
    separation = models.CharField(max_length=12, blank=True, db_default="", choices=Separation.choices)
    separation_note = FreeText(max_length=500, db_default="")

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = [F("end_date").desc(nulls_first=True), F("start_date").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_starts",
                condition=Q(end_date=None) | Q(start_date=None) | Q(end_date__gte=F("start_date")),
            ),
            known_or_empty("status", "active leave suspended separated", "assignment_status_is_known"),
            known_or_empty(
                "separation",
                "resigned retired terminated in_lieu transferred died other",
                "separation_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["officer", "department"], name="stints_of_an_officer"),
            models.Index(fields=["department", "officer", "rank", "unit"], name="stints_in_a_department"),
        ]

    def __str__(self) -> str:
        badge = f"badge {self.badge_number}" if self.badge_number else ""
        since = f"from {self.start_date:%Y}" if self.start_date else ""
        until = f"until {self.end_date:%Y}" if self.end_date else ""
        rank = self.rank.name if self.rank else ""
        return ", ".join(part for part in (self.department.name, rank, badge, since, until) if part)
