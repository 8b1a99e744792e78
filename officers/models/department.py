"""Departments: where they work decides what the law allows."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Trim

from officers import time_zones
from officers.models.base import FreeText, Recorded, WebAddress, known_or_empty, on_the_web
from officers.models.place import State
from officers.querysets import DepartmentQuerySet
from officers.record_querysets import RecordQuerySet


class Department(Recorded):
    """A police department or other agency.

    `state` is where it has its seat; an agency that works in further states lists them in DepartmentState. Face
    matching is off unless an admin turned it on with a written legal basis and a day on which that must be looked at
    again; the database refuses it in Illinois whatever anybody sets.

    `office_phone` and `office_email` are the office's own, as it publishes them; nobody's private ones.
    """

    class Kind(models.TextChoices):
        POLICE = "police", "Police department"
        SHERIFF = "sheriff", "Sheriff’s office"
        STATE = "state", "State police or patrol"
        FEDERAL = "federal", "Federal agency"
        PRISON = "prison", "Jail or prison"
        UNIVERSITY = "university", "University or school police"
        TRANSIT = "transit", "Transit or railroad police"
        PROBATION = "probation", "Probation or parole"
        OTHER = "other", "Other"

    name = models.CharField(max_length=255)
    short_name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, blank=True, db_default="", choices=Kind.choices)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="departments")
    county = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    other_states = models.ManyToManyField(State, through="DepartmentState", related_name="+")
    internal_id_label = models.CharField(max_length=100, blank=True)
    complaint_office = models.CharField(max_length=300, blank=True)
    website = WebAddress(blank=True, db_default="")
    office_phone = models.CharField(max_length=40, blank=True, db_default="")
    office_email = models.EmailField("office e-mail", blank=True, db_default="")
    ori = models.CharField(
        "ORI number",
        max_length=9,
        blank=True,
        db_default="",
        validators=[
            RegexValidator(r"^[A-Z]{2}[A-Z0-9]{5,7}$", "Two letters of a state, then five to seven signs.")
        ],
    )
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    time_zone = models.CharField(
        max_length=40, blank=True, db_default="", validators=[time_zones.refuse_unknown]
    )
    about = FreeText(db_default="")
    is_facial_recognition_allowed = models.BooleanField(default=False)
    recognition_legal_basis = models.TextField(blank=True)
    recognition_review_due = models.DateField(null=True, blank=True)
    is_published = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("name", "state", name="one_department_of_a_name_per_state"),
            models.CheckConstraint(
                name="no_face_matching_in_illinois",
                condition=~Q(is_facial_recognition_allowed=True, state="IL"),
            ),
            models.CheckConstraint(
                name="face_matching_needs_a_legal_basis_and_a_review_date",
                condition=Q(is_facial_recognition_allowed=False)
                | (~Q(recognition_legal_basis="") & Q(recognition_review_due__isnull=False)),
            ),
            models.CheckConstraint(
                name="department_place_names_are_lower_case",
                condition=Q(county=Lower(Trim("county"))) & Q(city=Lower(Trim("city"))),
            ),
            known_or_empty(
                "kind",
                "police sheriff state federal prison university transit probation other",
                "department_kind_is_known",
            ),
            on_the_web("website", "department_website_is_http_or_https"),
            models.CheckConstraint(
                name="department_founding_is_plausible",
                condition=Q(founded_year=None) | Q(founded_year__gte=1600, founded_year__lte=2100),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The clock on its wall."""
        return time_zones.zone_of(self.state_id, self.time_zone)


class MatchingProposal(models.Model):
    """One admin's proposal to allow matching, where the site asks for a second admin's approval."""

    department = models.OneToOneField(Department, on_delete=models.CASCADE, related_name="+")
    legal_basis = models.TextField()
    review_due = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    proposed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"matching in {self.department_id}, proposed by {self.proposed_by_id}"


class DepartmentState(models.Model):
    """A further state in which a department works: task forces, railroads, federal offices."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="further_states")
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "state"], name="one_row_per_further_state")
        ]

    def __str__(self) -> str:
        return f"{self.department_id}: {self.state_id}"


class Rank(Recorded):
    """A rank or job title of one department; a higher `order` is a higher rank."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="ranks")
    name = models.CharField(max_length=255)
    order = models.PositiveSmallIntegerField(default=0)
    is_sworn_officer = models.BooleanField(default=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["-order", "name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="one_rank_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Unit(Recorded):
    """A unit, precinct or district of one department."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="units")
    name = models.CharField(max_length=255)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="one_unit_of_a_name")]

    def __str__(self) -> str:
        return self.name
