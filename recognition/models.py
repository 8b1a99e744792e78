"""What the plugin stores. Everything measured from a face lies in two UNLOGGED tables guarded by the database."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import VectorField

from officers.models import Department, Face, ImportSource, Officer, Photo
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
        ASKING = "asking", "A volunteer is asked whether this is an officer"
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
    steps_done = models.PositiveSmallIntegerField(default=1, db_default=1)
    officers_searched = models.PositiveIntegerField(default=0)
    candidates_found = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=12, blank=True, choices=Answer.choices, default=Answer.OPEN)
    asked_by_volunteer = models.BooleanField(default=False, db_default=False)
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
                condition=Q(state__in=["waiting", "asking", "done", "refused", "unusable"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.state})"


class VolunteerLook(models.Model):
    """The asker lets volunteers see the person in the photo; and what one of them said. Gone with the question."""

    class Answer(models.TextChoices):
        OPEN = "", "Nobody has looked yet"
        YES = "yes", "An officer"
        NO = "no", "Not an officer"
        UNCLEAR = "unclear", "Cannot tell"

    identification = models.OneToOneField(Identification, on_delete=models.CASCADE, related_name="look")
    answer = models.CharField(max_length=10, blank=True, choices=Answer.choices, default=Answer.OPEN)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"look {self.pk}: {self.answer or 'open'}"


class DoneMail(models.Model):
    """Where to write "your search is done". Gone when that is written, or with the question. UNLOGGED: in no dump."""

    identification = models.OneToOneField(Identification, on_delete=models.CASCADE, related_name="done_mail")
    send_to = models.EmailField()

    def __str__(self) -> str:
        return f"mail {self.pk}"


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


class BulkRun(models.Model):
    """Asking about police in many older photos, begun by an admin. How far it is, is the sum of its lanes.

    `total`: how many there were to judge when it began. `rate_since`, `rate_from`: when it last began or went on, and
    how many were done by then. `trouble`: why it paused by itself, in the word of the promise that was given up.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(ImportSource, null=True, on_delete=models.SET_NULL, related_name="+")
    received_from = models.DateField(null=True)
    received_until = models.DateField(null=True)
    is_only_unclassified = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField()
    backend = models.CharField(max_length=30)
    price = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    trouble = models.CharField(max_length=100, blank=True)
    begun_at = models.DateTimeField(default=timezone.now)
    rate_since = models.DateTimeField(default=timezone.now)
    rate_from = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="bulk_run_state_is_known",
                condition=Q(state__in=["running", "paused", "done", "cancelled"]),
            ),
            models.UniqueConstraint(
                name="one_bulk_run_at_a_time", fields=["state"], condition=Q(state="running")
            ),
        ]

    def __str__(self) -> str:
        return f"bulk run {self.pk} ({self.state})"


class BulkLane(models.Model):
    """One of a run's equal shares of all photo ids, so that several workers can work on it. One promise each.

    `cursor`: the last photo that is over and done with. `at_photo`, `at_tries`: the one that was begun and not
    finished, and how often: a photo that takes its worker down is found by it. Counts change with the results, in one
    transaction.
    """

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="lanes")
    number = models.PositiveSmallIntegerField()
    cursor = models.UUIDField()
    at_photo = models.UUIDField(null=True)
    at_tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    pauses = models.PositiveSmallIntegerField(default=0)
    is_finished = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="lanes_are_numbered")]

    def __str__(self) -> str:
        return f"lane {self.number} of run {self.run_id}"


class BulkFailure(models.Model):
    """A photo that a run could not judge, and why, in one word. `is_again`: an admin wants it tried once more."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="failures")
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=60)
    is_again = models.BooleanField(default=False)
    failed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["photo_id"]
        constraints = [models.UniqueConstraint(fields=["run", "photo"], name="a_photo_fails_once_per_run")]

    def __str__(self) -> str:
        return f"photo {self.photo_id}: {self.reason}"
