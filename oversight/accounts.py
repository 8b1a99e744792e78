"""Signing in: guessing is slow, nobody is locked out by somebody else's guesses, and no address is kept.

A browser that was signed in to an account before carries a signed cookie that says so. It is counted for itself,
whatever strangers do to the account (OWASP's "device cookies"). Strangers are counted by account and network, and all
together.
"""

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import user_logged_in
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from oversight.models import User
from oversight.throttles import network_name

COOKIE = "__Host-browser" if settings.PRODUCTION else "browser"
COOKIE_SECONDS = 365 * 24 * 3600
SALT = "oversight.accounts.browser"
STRANGERS = {"strangers": settings.STRANGERS_MAY_FAIL}


def account_name(login: str) -> str:
    """What the cookie calls an account: nothing that could be read off a seized computer."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{login.strip().lower()}".encode()).hexdigest()[:24]


def known_browser(request: HttpRequest, login: str) -> str | None:
    """A name for this browser, when it was signed in to this account before."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return None
    return str(told["browser"]) if told["account"] == account_name(login) else None


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter: who is counted how, and whether a new account waits for an admin."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The name under which limits are counted; never an address."""
        login = request.POST.get("login", "") if request.method == "POST" else ""
        return known_browser(request, login) or network_name(request)

    def get_http_user_agent(self, _request: HttpRequest) -> str:
        return "a browser"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        account: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises ValidationError when it is too much."""
        super().pre_authenticate(request, **credentials)
        if not known_browser(request, _login(credentials)) and not _strangers(
            request, credentials, dry_run=True
        ):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if not known_browser(request, _login(credentials)):
            _strangers(request, credentials)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """A new password by mail ends every count against the account."""
        super()._delete_login_attempts_cached_email(request, **credentials)
        ratelimit.clear(
            request, app="allauth.account", action="strangers", config=STRANGERS, key=_login(credentials)
        )

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        if settings.APPROVE_ACCOUNTS:
            user.is_active = False  # until an admin has looked: allauth then says that it waits
        saved: User = super().save_user(request, user, form, commit)
        return saved


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").lower()


def _strangers(request: HttpRequest, credentials: dict[str, Any], *, dry_run: bool = False) -> bool:
    """May browsers that were never signed in to this account go on guessing? Counts one more unless `dry_run`."""
    return bool(
        ratelimit.consume(
            request,
            app="allauth.account",
            action="strangers",
            config=STRANGERS,
            key=_login(credentials),
            dry_run=dry_run,
        )
    )


@receiver(user_logged_in)
def remember_browser(request: HttpRequest, response: HttpResponse, user: User, **_: Any) -> None:
    """The cookie names no account that anybody could read, and opens nothing by itself."""
    browser = known_browser(request, user.email) or f"browser-{secrets.token_hex(8)}"
    told = {"account": account_name(user.email), "browser": browser}
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=SALT),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
