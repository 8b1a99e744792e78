"""Who is asking: the account behind a request."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from oversight.models import User


def account_if_any(request: HttpRequest) -> User | None:
    """The account, or None for a visitor."""
    return request.user if isinstance(request.user, User) and request.user.is_active else None


def account(request: HttpRequest) -> User:
    """The account. Raises PermissionDenied for a visitor; views behind a login never meet that."""
    user = account_if_any(request)
    if user is None:
        raise PermissionDenied
    return user
