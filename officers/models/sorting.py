"""What volunteers said about photos, who has which photo before them now, and photos whose answer is known."""

from django.conf import settings
from django.db import models

from officers.models.photo import Photo


class SortAnswer(models.Model):
    """One person's answer about one photo. `counts`: was this person trusted when they gave it?"""

    class Says(models.TextChoices):
        READABLE = "readable", "police, and a name or badge can be read"
        YES = "yes", "police are in it"
        NO = "no", "no police in it"
        UNCLEAR = "unclear", "cannot tell"

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="answers", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="sort_answers",
        db_index=False,
    )
    says = models.CharField(max_length=10, choices=Says.choices)
    counts = models.BooleanField(default=True)
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "person"], name="one_answer_per_person_and_photo")
        ]
        indexes = [models.Index(fields=["person", "answered_at"], name="answers_by_person")]

    def __str__(self) -> str:
        return f"{self.photo_id}: {self.says}"


class Claim(models.Model):
    """A photo lies before a person until then, so that nobody else does the same work meanwhile."""

    class Task(models.TextChoices):
        SORT = "sort", "Sort"
        TAG = "tag", "Tag"

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="claims", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    task = models.CharField(max_length=4, choices=Task.choices)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "task", "person"], name="one_claim_per_person_and_photo")
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} ({self.task}) until {self.until}"


class KnownPhoto(models.Model):
    """A photo whose right answer a coordinator knows: its `police`. New volunteers meet one now and then."""

    photo = models.OneToOneField(Photo, on_delete=models.CASCADE, primary_key=True, related_name="known")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    marked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"known photo {self.photo_id}"
