"""Who keeps which department."""

from django.conf import settings
from django.db import models

from officers.models.department import Department


class Coordination(models.Model):
    """A user keeps the record of a department. Without such a row, a user can change nothing in it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coordinations")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="coordinations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "department"], name="one_coordination")]

    def __str__(self) -> str:
        return f"{self.user_id} keeps {self.department_id}"
