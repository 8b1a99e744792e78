"""What the plugin stores. Everything measured from a face lies in two UNLOGGED tables guarded by the database."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import VectorField

from officers.models import Department, Face, Officer, Photo
from officers.models.photo import Box

TEMPLATE_SIZE = 128


class PresenceResult(models.Model):
    """What a model thinks: are police in this photo? It orders the volunteers' queue; people decide."""

    class Decision(models.TextChoices):
        LIKELY = "likely", "Police are likely in it"
        REVIEW = "review", "Police may be in it"
        NONE_FOUND = "none_found", "No police found"
        UNSUITABLE = "unsuitable", "The model could not read it"

    photo = models.OneToOneField(Photo, on_delete=models.CASCADE, primary_key=True, related_name="presence")
    decision = models.CharField(max_length=12, choices=Decision.choices)
    score = models.FloatField()
    labels = models.JSONField(default=list)
    boxes = models.JSONField(default=list)
    backend = models.CharField(max_length=30)
    model_version = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["-score"], name="presence_by_score")]

    def __str__(self) -> str:
        return f"{self.photo_id}: {self.decision}"


class FaceTemplate(models.Model):
    """The template of one reviewed, tagged face of one officer. UNLOGGED: never in the write-ahead log or a dump.

    Triggers refuse a row the gate would refuse, and delete it in the transaction that closes a door.
    """

    face = models.OneToOneField(Face, on_delete=models.CASCADE, primary_key=True, db_constraint=False)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    engine = models.CharField(max_length=60)
    template = VectorField(dimensions=TEMPLATE_SIZE)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"template of face {self.face_id}"

    def __repr__(self) -> str:
        return f"<{self}>"


class UnusableFace(models.Model):
    """A tagged face from which no template can be made, and why, so that nobody tries for ever."""

    face = models.OneToOneField(Face, on_delete=models.CASCADE, primary_key=True, related_name="unusable")
    engine = models.CharField(max_length=60)
    reason = models.CharField(max_length=30)

    def __str__(self) -> str:
        return f"face {self.face_id}: {self.reason}"


class Identification(Box):
    """One question: who is this officer? The id is unguessable and is the link to come back with.

    A search that had to be voided ends exactly like one that found nobody.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        REFUSED = "refused", "Not allowed"
        UNUSABLE = "unusable", "This face cannot be compared"

    class Answer(models.TextChoices):
        OPEN = "", "Not answered"
        CONFIRMED = "confirmed", "One of the candidates"
        NEW_OFFICER = "new_officer", "An officer who was not in the record"
        NONE = "none", "None of these"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="identifications")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=30, blank=True)
    officers_searched = models.PositiveIntegerField(default=0)
    candidates_found = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=12, blank=True, choices=Answer.choices, default=Answer.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["photo", "department", "x", "y", "width", "height"], name="one_question_per_face"
            ),
            models.CheckConstraint(
                name="identification_state_is_known",
                condition=Q(state__in=["waiting", "done", "refused", "unusable"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.state})"


class GuardAlert(models.Model):
    """A guard fired where nothing should have been left for it to do. Names a department and a reason, never a person.

    Somebody has to own it and to end it: knowing and doing nothing is what the law calls reckless.
    """

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10)
    reason = models.CharField(max_length=30)
    raised_at = models.DateTimeField(auto_now_add=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)

    class Meta:
        ordering = ["-raised_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.stage}: {self.reason} ({self.department})"


class Candidate(models.Model):
    """One officer who may be the person in the photo. UNLOGGED and guarded like the templates."""

    identification = models.ForeignKey(
        Identification, on_delete=models.CASCADE, related_name="candidates", db_constraint=False
    )
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    number = models.PositiveSmallIntegerField()
    chance = models.FloatField()
    is_denied = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["identification", "officer"], name="a_candidate_once_per_search"),
            models.CheckConstraint(
                name="chance_is_between_0_and_1", condition=Q(chance__gte=0, chance__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"candidate {self.number} of {self.identification_id}"
