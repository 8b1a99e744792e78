"""People, what they did, and work that was promised. Knows nothing of officers or photos."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q


class People(UserManager["User"]):
    """`manage.py createsuperuser` makes what this site calls an administrator, with the admin pages too."""

    use_in_migrations = False

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> User:
        fields.setdefault("role", User.Role.ADMIN)
        return super().create_superuser(username, email, password, **fields)


class User(AbstractUser):
    """Somebody with an account. Which departments a coordinator keeps is recorded one floor up."""

    class Role(models.TextChoices):
        VOLUNTEER = "volunteer", "Volunteer"
        ADMIN = "admin", "Administrator"

    first_name = None  # type: ignore[assignment]  # a volunteer's real name is nothing we should hold
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VOLUNTEER)
    limited_to: frozenset[int] | None = None
    """Not stored. While a key of the API acts: the departments to which it narrows its person, who is no admin then."""

    objects: ClassVar[People] = People()

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_role_is_known", condition=Q(role__in=["volunteer", "admin"]))
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_admin(self) -> bool:
        return self.is_active and self.role == self.Role.ADMIN and self.limited_to is None


class AuditEvent(models.Model):
    """Who did what to what, and when. No foreign keys: the row outlives what it describes.

    The app's database role may insert and read, never change. `seal_audit()` (a function of the owner) later gives
    each row its place in a hash chain, so that inserting takes no lock. See oversight/audit.py.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    place_in_chain = models.BigIntegerField(null=True, unique=True, editable=False)
    chain_hash = models.BinaryField(max_length=32, null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.subject_id}"


class OutboxEntry(models.Model):
    """Work promised in the same transaction as what it is about. The truth; the queue is only a hint.

    `state` goes waiting -> done, or waiting -> dead after too many tries. `running_as` is the queue's id of the
    job that holds it, by which it can be stopped. While a worker holds `lease_token` (until
    `lease_until`) nobody else starts; a worker that lost its lease cannot settle (oversight/outbox.py).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        DEAD = "dead", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.CharField(max_length=100)
    subject = models.CharField(max_length=40)
    queue = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    hinted_at = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    running_as = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "outbox entries"
        constraints = [
            models.UniqueConstraint(
                name="one_promise_per_job_and_subject",
                fields=["job", "subject"],
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                name="outbox_state_is_known", condition=Q(state__in=["waiting", "done", "dead"])
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="outbox_due"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.subject} ({self.state})"
