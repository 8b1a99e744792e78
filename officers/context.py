"""What every page knows about the person who looks at it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from officers import progress
from officers.models import Department


def viewer(request: HttpRequest) -> dict[str, Any]:
    """`may_review`: does this person keep a department? `work`: what waits for them. Both asked only where shown."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"may_review": False, "work": []}
    return {
        "may_review": SimpleLazyObject(lambda: Department.objects.kept_by(user).exists()),
        "work": SimpleLazyObject(lambda: progress.work(user)),
    }
