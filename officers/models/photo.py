"""Photos that people sent, the heads found in them, and faces tagged as an officer's."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from officers.models.department import Department
from officers.models.officer import Officer
from officers.querysets import FaceQuerySet, PhotoQuerySet
from privacy.shapes import Rectangle


class Box(models.Model):
    """A rectangle in whole pixels of the upright photo."""

    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        abstract = True

    @property
    def box(self) -> Rectangle:
        return Rectangle(self.x, self.y, self.width, self.height)


class Photo(models.Model):
    """A photo rebuilt from its pixels; the bytes that were sent are never stored, only their hash.

    `expires_at` is set while the photo is only somebody's question ("who is this officer?"): it is deleted then, unless
    that person gives it to the record. `ever_prohibited` is a one-way ratchet of the database: was it ever filed under,
    taken in, or tagged with an officer of a place that forbids matching, or does it look like such a photo?
    `perceptual_hash` (privacy/looks.py) is for finding look-alikes; the database keeps it as it was stored.

    `police` is what volunteers agreed on, or what the coordinator `police_said_by` decided. `likely_police` is what a
    program thinks, from 0 to 1: it orders the queue and decides nothing. `left_tagging_at`: since then nobody is asked
    to tag faces in it, because one is tagged, or because somebody said that nobody can be identified.
    """

    class Police(models.TextChoices):
        UNKNOWN = "", "Nobody has said yet"
        YES = "yes", "Police are in it"
        NO = "no", "No police in it"
        UNCLEAR = "unclear", "Cannot tell"
        ESCALATED = "escalated", "A coordinator decides"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="photos")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    upload_sha256 = models.CharField(max_length=64, db_index=True)
    pixel_sha256 = models.CharField(max_length=64, unique=True)
    perceptual_hash = models.BigIntegerField(null=True, editable=False)
    taken_on = models.DateField(null=True, blank=True)
    taken_in_prohibited_place = models.BooleanField(default=False)
    ever_prohibited = models.BooleanField(default=False, editable=False)
    received_on = models.DateField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)
    heads_found_at = models.DateTimeField(null=True)
    police = models.CharField(max_length=10, blank=True, choices=Police.choices, default=Police.UNKNOWN)
    police_said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    has_readable_name = models.BooleanField(default=False, db_default=False)
    likely_police = models.FloatField(null=True, editable=False)
    left_tagging_at = models.DateTimeField(null=True, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                F("likely_police").desc(nulls_last=True),
                "received_on",
                "id",
                name="photos_to_sort",
                condition=Q(police="", expires_at=None),
            ),
            models.Index(
                "department", "received_on", "id", name="photos_escalated", condition=Q(police="escalated")
            ),
            models.Index(
                F("has_readable_name").desc(),
                "received_on",
                "id",
                name="photos_to_tag",
                condition=Q(police="yes", expires_at=None, left_tagging_at=None),
            ),
            models.Index(fields=["id"], condition=Q(heads_found_at=None), name="photo_without_heads"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def key(self) -> str:
        """Where the pixels lie in the private storage."""
        return f"photos/{self.pk.hex[:2]}/{self.pk.hex}.jpg"


class PhotoFiling(models.Model):
    """Every department a photo was ever filed under: sending a photo again elsewhere adds a row, not a photo."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="filings")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "department"], name="one_filing_per_department")
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} under {self.department_id}"


class FoundHead(Box):
    """A head that the finder saw: a rectangle, nothing measured from the face."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="heads")
    number = models.PositiveSmallIntegerField()
    score = models.FloatField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["photo", "number"], name="heads_are_numbered")]

    def __str__(self) -> str:
        return f"{self.photo_id} head {self.number}"


class Face(Box):
    """A tag: somebody says that this face in this photo is this officer's.

    Nothing is public, and no template is made, before a second look (`reviewed_at`). `use_for_recognition`: a
    coordinator can take a bad photo out of matching. It opens nothing: where matching is forbidden it means nothing.
    """

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="faces")
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.CASCADE, related_name="faces"
    )
    is_featured = models.BooleanField(default=False)
    use_for_recognition = models.BooleanField(default=True, db_default=True)
    tagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    tagged_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = FaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["photo", "officer"],
                name="an_officer_has_one_face_per_photo",
                condition=~Q(officer=None),
            ),
            models.CheckConstraint(
                name="a_face_box_is_not_empty", condition=Q(width__gte=8) & Q(height__gte=8)
            ),
        ]
        ordering = [F("is_featured").desc(), "pk"]

    def __str__(self) -> str:
        return f"face {self.pk} in {self.photo_id}"

    @property
    def is_confirmed(self) -> bool:
        """Has a second person looked at it? (Officers hidden from the public are another question.)"""
        by_another = (
            None in (self.tagged_by_id, self.reviewed_by_id) or self.tagged_by_id != self.reviewed_by_id
        )
        return self.reviewed_at is not None and by_another
