"""People at the doors: signing in with a password and a second factor, from one network or another."""

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from officers.models import Coordination, Department
from oversight.models import User
from tests import factories

PASSWORD = "a-long-enough-password"
WRONG = "not-the-password-at-all"


def person(role: str = User.Role.VOLUNTEER, *, keeps: Department | None = None, **fields: bool) -> User:
    """Somebody with a known password."""
    made = factories.user(role, password=PASSWORD, **fields)
    if keeps:
        Coordination.objects.create(user=made, department=keeps)
    return made


def sign_in(client: Client, who: User, password: str = PASSWORD, network: str = "198.51.100.1") -> bool:
    """Does the password open the door (or the next one, for the second factor)?"""
    answer = client.post(
        reverse("account_login"), {"login": who.email, "password": password}, REMOTE_ADDR=network
    )
    return answer.status_code == 302


def enrol(who: User) -> str:
    """A second factor; its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(who, secret)
    return secret


def code(secret: str) -> str:
    """What the app on a phone shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    shown: str = format_hotp_value(hotp_value(secret, counter))
    return shown


def show_factor(client: Client, secret: str, where: str = "mfa_authenticate") -> HttpResponse:
    answer: HttpResponse = client.post(reverse(where), {"code": code(secret)})  # type: ignore[assignment]
    return answer
