"""Keys by which somebody's program may use the API. Only a key's hash is kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from officers.models.department import Department


class ApiToken(models.Model):
    """A key of one person, until `expires_at`. It may do less than its person, never more.

    `department`: only the record of that department; empty: of every one that the person keeps. `password_mark`: the
    hash of the password it was made under (of its hash, that is): the key dies with the password. `last_used_on` is a
    day, not a time: a key is no clock of its person's habits.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    password_mark = models.CharField(max_length=64, editable=False)
    can_write = models.BooleanField(default=False)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="only_the_hash_of_a_token_is_kept",
                condition=Q(digest__regex="^[0-9a-f]{64}$"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}"
