"""Acts that need more than a password: has this session shown a second factor just now?"""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

FRESH_SECONDS = 300


def is_set_up(request: HttpRequest) -> bool:
    """Does this account have a second factor at all?"""
    return bool(request.user.is_authenticated and is_mfa_enabled(request.user))


def is_fresh(request: HttpRequest) -> bool:
    """Was the second factor shown within the last five minutes, in this session?"""
    if not is_set_up(request):
        return False
    latest = max(
        (
            float(record["at"])
            for record in get_authentication_records(request, request.user)
            if record.get("method") == "mfa"
        ),
        default=0.0,
    )
    return time.time() - latest < FRESH_SECONDS
