"""Rate limits that forget: a caller's address is hashed with a key that dies within the hour."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import secrets
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from django.core.cache import cache
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from oversight.queues import QueueAway, count

if TYPE_CHECKING:  # rest_framework.views reads the settings that name this file
    from django.http import HttpRequest
    from rest_framework.request import Request
    from rest_framework.views import APIView

KEY_SECONDS = 3600


def forgetful_name(address: str) -> str:
    """A name for an address that nobody can turn back once the hour's key is gone."""
    key = cache.get_or_set("throttle-key", lambda: secrets.token_hex(16), timeout=KEY_SECONDS)
    return hmac.new(str(key).encode(), address.encode(), hashlib.sha256).hexdigest()[:24]


def network_name(request: HttpRequest | Request) -> str:
    """As `forgetful_name`, of the network that asks: one person has a whole /64 of IPv6 addresses."""
    address = BaseThrottle().get_ident(cast("Request", request))
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(address).version == 6:
            address = str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
    return forgetful_name(address)


class SparingThrottle(SimpleRateThrottle):
    """Limits by what is asked for: a view may name its own rate for writing in `throttle_scope`."""

    scope = "read"

    def allow_request(self, request: Request, view: APIView) -> bool:
        writes = request.method not in {"GET", "HEAD", "OPTIONS"}
        self.scope = getattr(view, "throttle_scope", "read") if writes else "read"
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        try:
            is_allowed = super().allow_request(request, view)
        except QueueAway:  # counting is away; the photo that somebody sends matters more
            return True
        if not is_allowed:
            count("slowed", self.scope)
        return is_allowed

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002 - the base class's shape
        user = request.user
        has_account = user and user.is_authenticated
        who = forgetful_name(f"user-{user.pk}") if has_account else network_name(request)
        return f"throttle-{self.scope}-{who}"


def allows(request: HttpRequest, scope: str) -> bool:
    """The same limit for a page: may this visitor send once more in this scope? Counts only what writes."""
    asked = SimpleNamespace(throttle_scope=scope)
    return SparingThrottle().allow_request(cast("Request", request), cast("APIView", asked))
