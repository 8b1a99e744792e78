"""What became of the record: one row for every change of any of its rows, and what was merged into what.

The rows are written by triggers (migrations/sql/history.sql), never from here; the app's role may only read them.
"""

from django.conf import settings
from django.db import models

from officers.models.base import FreeText
from officers.models.officer import Officer


class RecordChange(models.Model):
    """One row of one table was made, changed or deleted.

    `record` is the table, `row_id` the row, `parent` and `parent_id` what it hangs on ('' and None for nothing).
    `before` and `after` hold the whole row when it was deleted or made, and what changed otherwise. All changes of one
    piece of work have one `act`. `actor` is a name at that time, or the database role where no person was named.
    """

    class Operation(models.TextChoices):
        MADE = "I", "Added"
        CHANGED = "U", "Changed"
        DELETED = "D", "Deleted"

    at = models.DateTimeField()
    act = models.CharField(max_length=36)
    record = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    parent = models.CharField(max_length=63)
    parent_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    operation = models.CharField(max_length=1, choices=Operation.choices)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    why = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["record", "row_id", "id"], name="changes_of_a_row"),
            models.Index(fields=["parent", "parent_id", "id"], name="changes_under_a_row"),
            models.Index(fields=["act"], name="changes_of_an_act"),
            models.Index(fields=["department_id", "id"], name="changes_in_a_department"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.record} {self.row_id}"


class OfficerMerge(models.Model):
    """Officer `gone_id` was merged into `kept` by this act of the history, which is undone as a whole."""

    kept = models.ForeignKey(Officer, null=True, on_delete=models.SET_NULL, related_name="merges")
    gone_id = models.BigIntegerField()
    gone_name = models.CharField(max_length=500)
    act = models.CharField(max_length=36)
    why = FreeText()
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"
