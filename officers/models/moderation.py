"""What keeps something from the public, and what people tell us about it: holds, flags, requests to take down.

The history of each is the audit log, which nobody can change: there is no second log.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from officers.models.department import Department
from officers.models.officer import Officer
from officers.models.photo import Face, Photo
from officers.querysets import FlagQuerySet, HoldQuerySet


class Ticket(models.Model):
    """Something a person without an account asked for, who comes back with a code. Only the code's hash is kept."""

    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True


class Flag(Ticket):
    """Somebody says that something is wrong with a photo, a face or an officer's page.

    A face is flagged with its photo. `department` is whose coordinators decide. `text` is private and forgotten some
    days after the end; `finding` is what they wrote down.
    """

    class Reason(models.TextChoices):
        WRONG_OFFICER = "wrong_officer", "This is not that officer"
        WRONG_DEPARTMENT = "wrong_department", "This is another department"
        NOT_POLICE = "not_police", "This is not a police officer"
        PRIVATE = "private", "This is a private person, not an officer on duty"
        MINOR = "minor", "Somebody in it is under 18"
        ILLINOIS = "illinois", "This is from Illinois"
        OTHER = "other", "Something else"

    class Part(models.TextChoices):
        WHOLE = "", "The whole page"
        NAME = "name", "The name"
        BADGE = "badge", "The badge number, rank or unit"
        DATES = "dates", "The dates"
        PHOTO = "photo", "A photo"

    class Outcome(models.TextChoices):
        OPEN = "", "Waiting"
        KEPT = "kept", "Looked at, and left as it is"
        HIDDEN = "hidden", "Hidden"
        PROHIBITED = "prohibited", "Hidden, and never compared"
        UNTAGGED = "untagged", "The tag was taken away"
        MOVED = "moved", "Moved to another department"
        DELETED = "deleted", "Deleted"

    reason = models.CharField(max_length=20, choices=Reason.choices)
    part = models.CharField(max_length=10, blank=True, choices=Part.choices, default=Part.WHOLE)
    text = models.TextField(blank=True)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.SET_NULL, related_name="flags"
    )
    photo = models.ForeignKey(Photo, null=True, blank=True, on_delete=models.SET_NULL, related_name="flags")
    face = models.ForeignKey(Face, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome.choices, default=Outcome.OPEN)
    finding = models.TextField(blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["department", "received_at"], condition=Q(ended_at=None), name="flags_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"flag {self.pk}: {self.reason}"


class Takedown(Ticket):
    """A request to take something down, from anybody. Admins answer it by `due_at`.

    `contact`, `links` and `why` are private and forgotten some days after the end; `answer` is what the person reads.
    """

    class Asker(models.TextChoices):
        PICTURED = "pictured", "I am in the photo"
        OFFICER = "officer", "I am the officer"
        PARENT = "parent", "My child is in the photo"
        LAWYER = "lawyer", "I am a lawyer and write for somebody"
        OTHER = "other", "Somebody else"

    asker = models.CharField(max_length=10, choices=Asker.choices)
    links = models.TextField()
    why = models.TextField()
    contact = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="takedowns_waiting")]

    def __str__(self) -> str:
        return f"request {self.pk}"


class Hold(models.Model):
    """While it stands, an officer or a photo is shown nowhere in public and compared with nothing.

    It stands until somebody ends it or `until` is over. `erase_at`: the photo is deleted then; until then that can be
    undone by ending the hold. `by` is empty when a visitor's flag set it (`flag`).
    """

    class Reason(models.TextChoices):
        MINOR = "minor", "Somebody in it is under 18"
        PRIVATE = "private", "A private person"
        ILLINOIS = "illinois", "From Illinois"
        SAFETY = "safety", "Somebody’s safety"
        WRONG = "wrong", "It is wrong"
        TAKEDOWN = "takedown", "Somebody asked us to take it down"
        DELETED = "deleted", "Deleted"
        OTHER = "other", "Something else"

    officer = models.ForeignKey(Officer, null=True, on_delete=models.CASCADE, related_name="holds")
    photo = models.ForeignKey(Photo, null=True, on_delete=models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    flag = models.ForeignKey(Flag, null=True, on_delete=models.SET_NULL, related_name="holds")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)
    erase_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_hold_is_on_one_thing",
                condition=Q(officer=None, photo__isnull=False) | Q(officer__isnull=False, photo=None),
            ),
            models.CheckConstraint(
                name="only_a_photo_is_erased_later_and_only_by_a_hold_without_end",
                condition=Q(erase_at=None) | Q(photo__isnull=False, until=None),
            ),
        ]
        indexes = [
            models.Index(fields=["photo"], condition=Q(ended_at=None), name="holds_on_photos"),
            models.Index(fields=["officer"], condition=Q(ended_at=None), name="holds_on_officers"),
            models.Index(
                fields=["erase_at"],
                condition=Q(ended_at=None, erase_at__isnull=False),
                name="photos_to_erase",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}: {self.reason}"
