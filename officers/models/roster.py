"""Imports of rosters: what was sent, every row of it, and what people decided about it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from officers.models.department import Department
from officers.models.officer import Officer
from officers.querysets import is_admin

if TYPE_CHECKING:
    from officers.querysets import Viewer


class RosterImportQuerySet(models.QuerySet["RosterImport"]):
    def kept_by(self, user: "Viewer") -> "RosterImportQuerySet":
        """Those of the departments that this user keeps."""
        if is_admin(user):
            return self
        return self.filter(department__in=Department.objects.kept_by(user))


class RosterImport(models.Model):
    """Files for one department from one `source`, and how far they are.

    `files`: name, key in the private storage and size of each. `tables`: what each table in them is and which column
    is which (officers/rosters/formats.py). `options`: see officers/rosters/acts.py. `summary`: what the check found.
    `act`: under which the history wrote the load down; by it the whole import is taken back.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", "Columns to look at"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        LOADING = "loading", "Being loaded"
        LOADED = "loaded", "Loaded"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Could not be done"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MAPPING)
    files = models.JSONField(default=list)
    tables = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    problem = models.CharField(max_length=500, blank=True)
    act = models.CharField(max_length=36, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    loaded_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="roster_state_is_known",
                condition=Q(
                    state__in=[
                        "mapping",
                        "checking",
                        "checked",
                        "loading",
                        "loaded",
                        "undoing",
                        "undone",
                        "failed",
                    ]
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} for {self.department_id}"


class RosterRow(models.Model):
    """One row of one table, as it was understood.

    `cells`: fields by name, in the record's own spelling; `resolved`: the same with references turned into our
    numbers. `record_id`: the record it is, or will be. `changes`: each field that differs, [before, after].
    """

    class Verdict(models.TextChoices):
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        SAME = "same", "Unchanged"
        DOUBTFUL = "doubtful", "Doubtful"
        WRONG = "wrong", "With an error"
        ABSENT = "absent", "Left out"

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    sheet = models.CharField(max_length=20)
    table = models.PositiveSmallIntegerField(default=0)
    line = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=80, blank=True)
    cells = models.JSONField()
    resolved = models.JSONField(default=dict)
    cell_errors = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    record_id = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=8, blank=True)
    matched_by = models.CharField(max_length=20, blank=True)
    fingerprint = models.CharField(max_length=50, blank=True)
    changes = models.JSONField(default=dict)
    candidates = models.JSONField(default=list)

    class Meta:
        ordering = ["table", "line", "pk"]
        indexes = [
            models.Index(fields=["roster", "sheet", "record_id"], name="roster_rows_by_record"),
            models.Index(fields=["roster", "sheet", "key"], name="roster_rows_by_key"),
            models.Index(fields=["roster", "verdict", "table", "line"], name="roster_rows_by_verdict"),
        ]

    def __str__(self) -> str:
        return f"row {self.line} of {self.sheet}"


class RosterDecision(models.Model):
    """Who a row of a source is, as a person said: an officer of the record, or nobody in it (`officer` empty)."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    who = models.CharField(max_length=50)
    officer = models.ForeignKey(Officer, null=True, on_delete=models.CASCADE, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "source", "who"], name="one_decision_about_a_row")
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.officer_id}"


class RosterColumns(models.Model):
    """Which column of a source is which, as a person last said it, for tables with this header."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    header = models.CharField(max_length=32)
    sheet = models.CharField(max_length=20)
    columns = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "source", "header"], name="one_mapping_of_a_header")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.header}"
