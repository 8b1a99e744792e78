"""Who is asking: the account behind a request; and who must hear of it: the admins."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
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


def admin(request: HttpRequest) -> User:
    """The account, which is an admin's. Raises PermissionDenied for everybody else."""
    user = account(request)
    if not user.is_admin:
        raise PermissionDenied
    return user


def tell_admins(*, subject: str, message: str) -> None:
    """A mail to every admin. Quiet when the mail server is away: what it is about is in the database anyway."""
    admins = User.objects.filter(role=User.Role.ADMIN, is_active=True).values_list("email", flat=True)
    send_mail(
        subject=f"{settings.SITE_NAME}: {subject}",
        message=message,
        from_email=None,
        recipient_list=list(admins),
        fail_silently=True,
    )
