"""What may be shown of a photo to everybody: its masks, and the one covered rendition that people agreed to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from officers.models.photo import Box, Photo
from officers.querysets import PublicationQuerySet


class Cover(Box):
    """One mask over a photo: a head that the finder saw, or a box that a person drew because it saw none."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="covers")
    number = models.PositiveSmallIntegerField()
    is_drawn = models.BooleanField(default=False)
    is_lifted = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["photo", "number"], name="covers_are_numbered"),
            models.CheckConstraint(
                name="a_drawn_cover_is_removed_and_never_lifted",
                condition=Q(is_drawn=False) | Q(is_lifted=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} cover {self.number}"


class Publication(models.Model):
    """How far a photo is on its way to the public. Without a row, nobody has thought of it.

    `version` names the folder of the covered renditions; nobody can guess it. It is there exactly while there is
    something to look at (WAITING) or to show (PUBLIC); whatever takes it away has its files erased. `changes` grows
    with every change of tags and masks, so that a worker does not store what has grown old while it worked.

    The database refuses PUBLIC without a look at the rendition, and without a tag that a second person confirmed; it
    makes the row STALE when such a tag is changed or its officer hidden (migrations/sql/publishing.sql).
    """

    class State(models.TextChoices):
        MAKING = "making", "Being covered"
        WAITING = "waiting", "Waiting for a look"
        PUBLIC = "public", "Public"
        STALE = "stale", "Something changed"
        REFUSED = "refused", "Not to be published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    photo = models.OneToOneField(
        Photo, on_delete=models.CASCADE, primary_key=True, related_name="publication"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.MAKING)
    version = models.UUIDField(null=True, unique=True)
    changes = models.PositiveIntegerField(default=0)
    covers_found_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    looked_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="something_to_see_has_a_version",
                condition=Q(state__in=["waiting", "public"], version__isnull=False)
                | Q(state__in=["making", "stale", "refused", "withdrawn"], version=None),
            ),
            models.CheckConstraint(
                name="nothing_is_public_before_a_look",
                condition=~Q(state="public") | Q(looked_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["photo"], condition=Q(state="waiting"), name="publications_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.state}"
