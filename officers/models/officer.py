"""Officers and their assignments. An officer belongs to departments only through assignments."""

from django.db import models
from django.db.models import F, Q

from officers.models.department import Department, Rank, Unit
from officers.querysets import OfficerQuerySet


class Officer(models.Model):
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
    suffix = models.CharField(max_length=20, blank=True)
    race = models.CharField(max_length=20, blank=True, choices=Race.choices)
    gender = models.CharField(max_length=10, blank=True, choices=Gender.choices)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    employment_date = models.DateField(null=True, blank=True)
    internal_id = models.CharField(max_length=50, blank=True, db_index=True)
    is_published = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
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
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name as people say it, or what stands in for one that is not known."""
        parts = [self.first_name, self.middle_name, self.last_name, self.suffix]
        return " ".join(part for part in parts if part) or "Name not known"


class Assignment(models.Model):
    """One stint of an officer in one department."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="assignments")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="assignments")
    rank = models.ForeignKey(Rank, null=True, blank=True, on_delete=models.SET_NULL)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL)
    badge_number = models.CharField(max_length=120, blank=True, db_index=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = [F("end_date").desc(nulls_first=True), F("start_date").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_starts",
                condition=Q(end_date=None) | Q(start_date=None) | Q(end_date__gte=F("start_date")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} in {self.department_id}"
