"""Acts that need more than a password, and people who always do.

Coordinators and admins decide for others, so their sessions must have shown a second factor (SECOND_FACTOR_REQUIRED).
Some acts ask for one shown just now: `is_fresh`, `asked_freshly`. Enrolling is allauth's: always for oneself.
"""

import base64
import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlencode

from oversight.models import User
from oversight.people import account_if_any

View = Callable[..., HttpResponseBase]

FRESH_SECONDS = 300
ADMINISTRATION_SECONDS = 900  # its forms take longer to fill in than one question
ENCRYPTED = "fernet:"

# Who has power over others besides admins: the floors above add their own word.
POWERFUL: list[Callable[[User], bool]] = [lambda user: user.is_admin or user.is_staff]
# Where a session may go that has shown a password only: to sign out, to enrol, to show the factor.
OPEN_BEFORE = ("account_", "mfa_")
OPEN_PAGES = {"healthz", "readyz", "metrics"}


def is_set_up(request: HttpRequest) -> bool:
    """Does this account have a second factor at all?"""
    return bool(request.user.is_authenticated and is_mfa_enabled(request.user))


def is_fresh(request: HttpRequest, seconds: int = FRESH_SECONDS) -> bool:
    """Was the second factor shown within the last five minutes, in this session?"""
    return is_set_up(request) and time.time() - _shown_at(request) < seconds


def _shown_at(request: HttpRequest) -> float:
    """When this session last showed a second factor; 0 for never."""
    records = get_authentication_records(request, request.user)
    return max((float(each["at"]) for each in records if each.get("method") == "mfa"), default=0.0)


def is_powerful(user: User) -> bool:
    return any(says(user) for says in POWERFUL)


def asked_freshly(back: str) -> Callable[[View], View]:
    """A view for which the second factor must have been shown within five minutes. `back`: the page with its button."""

    def asked(view: View) -> View:
        @wraps(view)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if settings.SECOND_FACTOR_REQUIRED and not is_fresh(request):
                return _ask(request, reverse(back))
            return view(request, *args, **kwargs)

        return asking

    return asked


def required(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: who decides for others gets no further than their account without a second factor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            settings.SECOND_FACTOR_REQUIRED
            and (user := account_if_any(request))
            and not _may_go_on(request, user)
        ):
            return _ask(request)
        return get_response(request)

    return middleware


def _may_go_on(request: HttpRequest, user: User) -> bool:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return True
    if "admin" in match.app_names:
        return is_fresh(request, ADMINISTRATION_SECONDS)
    name = match.url_name or ""
    if name.startswith(OPEN_BEFORE) or name in OPEN_PAGES:
        return True
    return bool(_shown_at(request)) or not is_powerful(user)


def _ask(request: HttpRequest, back: str = "") -> HttpResponse:
    """To where the factor is shown, or set up first, and back; a program is told in its own words."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"code": "second_factor_needed", "detail": "Sign in with a second factor first."}, status=403
        )
    if not is_set_up(request):
        messages.warning(request, "Set up two-step sign-in first: you decide for other people here.")
        return redirect("mfa_index")
    is_page = request.method in {"GET", "HEAD"}
    back = back or (request.get_full_path() if is_page else reverse("home"))
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's adapter: secrets are encrypted with the site's key, which no dump of the database holds."""

    def encrypt(self, text: str) -> str:
        return ENCRYPTED + _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises cryptography's InvalidToken when the site's key has changed. Old secrets were not encrypted."""
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text
        return _keys().decrypt(encrypted_text.removeprefix(ENCRYPTED).encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one of somebody who needs one can be replaced, never taken away."""
        if not settings.SECOND_FACTOR_REQUIRED or not is_powerful(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def _keys() -> MultiFernet:
    """Today's key to write with, and earlier ones (SECRET_KEY_FALLBACKS) to read with."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str | bytes) -> bytes:
    digest = hashlib.sha256(b"oversight.second_factor:" + force_bytes(secret)).digest()
    return base64.urlsafe_b64encode(digest)
