"""Where imports came from: the folders or buckets of photos, and the numbers that records had elsewhere."""

from django.db import models
from django.db.models import Q

from officers.models.department import Department
from officers.models.photo import Photo


class ImportSource(models.Model):
    """A folder or `s3://bucket/prefix`, imported under one department. The same source again goes on where it ended.

    `place` is as the operator wrote it, made absolute.
    """

    place = models.CharField(max_length=1000)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    last_run_at = models.DateTimeField(auto_now=True)
    is_finished = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["place", "department"], name="one_source_per_department")
        ]

    def __str__(self) -> str:
        return self.place


class ImportedFile(models.Model):
    """One file of a source. `size` and `etag` tell whether it is still the file that was looked at.

    `reason`: the code of a refusal (privacy/refusals.py) or one word for what went wrong. `photo`: what the file
    became, or for a duplicate the photo that was there already.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        STORED = "stored", "Taken in"
        DUPLICATE = "duplicate", "Held already"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Could not be read"

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="files")
    key = models.CharField(max_length=1024)
    size = models.BigIntegerField()
    etag = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=60, blank=True)
    photo = models.ForeignKey(Photo, null=True, on_delete=models.SET_NULL, related_name="imported_files")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="one_row_per_file"),
            models.CheckConstraint(
                name="imported_file_state_is_known",
                condition=Q(state__in=["waiting", "stored", "duplicate", "refused", "failed"]),
            ),
        ]
        indexes = [models.Index(fields=["source", "state", "key"], name="imported_by_state")]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"


class LegacyId(models.Model):
    """The number that a record had where it was imported from: an import run again finds its record by it.

    `source` names the instance or file series, `table` and `legacy_id` what it was there; `record` is the name of our
    model in small letters and `record_id` its key as text (photos have no whole numbers).
    """

    source = models.CharField(max_length=100)
    table = models.CharField(max_length=60)
    legacy_id = models.CharField(max_length=64)
    record = models.CharField(max_length=30)
    record_id = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "table", "legacy_id"], name="one_record_per_legacy_id")
        ]
        indexes = [models.Index(fields=["record", "record_id"], name="legacy_ids_of_a_record")]

    def __str__(self) -> str:
        return f"{self.source} {self.table} {self.legacy_id}: {self.record} {self.record_id}"
