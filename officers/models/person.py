"""What is known about an officer besides their stints: other names, certificates, pay, what is written about them."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from officers.models.base import FreeText, Recorded, known, not_negative
from officers.models.department import Department
from officers.models.officer import Officer
from officers.models.place import State
from officers.record_querysets import CareerLinkQuerySet, OfficersFactQuerySet, RecordQuerySet, StintQuerySet


class OfficerAlias(Recorded):
    """Another name of an officer: a former one, or another spelling in some source."""

    class Kind(models.TextChoices):
        FORMER = "former", "Former name"
        SPELLING = "spelling", "Other spelling"
        NICKNAME = "nickname", "Nickname"

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=250)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SPELLING)

    objects = OfficersFactQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "name"], name="an_officer_has_a_name_once"),
            known("kind", "former spelling nickname", "alias_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Certification(Recorded):
    """A number by which a state knows an officer in every department: `name` is what the state calls it ("POST ID")."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="certifications")
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    value = models.CharField(max_length=60, db_index=True)

    objects = OfficersFactQuerySet.as_manager()

    class Meta:
        ordering = ["state", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "state", "name", "value"], name="one_certification")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value} ({self.state_id})"


class Salary(Recorded):
    """What a department paid an officer in a year, in dollars and cents. `overtime_pay` empty: not known."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="salaries")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="salaries")
    salary = models.DecimalField(max_digits=12, decimal_places=2)
    overtime_pay = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    year = models.PositiveSmallIntegerField()
    is_fiscal_year = models.BooleanField(default=False)

    objects = StintQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "department", "year", "is_fiscal_year"], name="one_salary_a_year"
            ),
            models.CheckConstraint(
                name="salary_year_is_plausible", condition=Q(year__gte=1900, year__lte=2100)
            ),
            not_negative("pay_is_not_negative", "salary", "overtime_pay"),
        ]
        indexes = [models.Index(fields=["department", "year", "salary"], name="salaries_by_pay")]

    def __str__(self) -> str:
        return f"{self.year}: ${self.salary:,.2f}"

    @property
    def total_pay(self) -> Decimal:
        return self.salary + (self.overtime_pay or Decimal(0))


class Description(Recorded):
    """A public text about an officer, as of one department."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="descriptions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    text = FreeText(blank=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = StintQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"description {self.pk} of officer {self.officer_id}"


class NoteQuerySet(RecordQuerySet["Note"]):
    """Private: a note has no public face at all, so that nobody can show one by mistake."""

    def public(self) -> "NoteQuerySet":
        return self.none()


class Note(Recorded):
    """A private text about an officer, for those who keep that department and for admins. Nobody else ever sees it."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="notes")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    text = FreeText(blank=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"note {self.pk}"


class CareerLink(Recorded):
    """Two officers' rows are one person who worked in two places, as far as we know. Taking it away undoes it.

    The rows stay apart, each under the law of its own departments. `first` has the lower number.
    """

    class Confidence(models.TextChoices):
        CERTAIN = "certain", "Certain: the same certificate, or their own word"
        LIKELY = "likely", "Likely: name and dates fit"
        POSSIBLE = "possible", "Possible: only the name fits"

    first = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="career_links")
    second = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="career_links_back")
    confidence = models.CharField(max_length=10, choices=Confidence.choices)
    why = FreeText()
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = CareerLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="two_officers_are_linked_once"),
            models.CheckConstraint(
                name="career_links_name_the_lower_number_first", condition=Q(first__lt=F("second"))
            ),
            known("confidence", "certain likely possible", "career_confidence_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second} ({self.confidence})"
