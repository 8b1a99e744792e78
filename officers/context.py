"""What every page knows about the person who looks at it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from officers.models import Department


def viewer(request: HttpRequest) -> dict[str, Any]:
    """`may_review`: does this person keep a department? Asked only where a page shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"may_review": False}
    return {"may_review": SimpleLazyObject(lambda: Department.objects.kept_by(user).exists())}
