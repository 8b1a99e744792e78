"""`Authorization: Bearer ovs_...`: who calls, by the key of officers/tokens.py."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from officers import tokens
from officers.models import ApiToken
from oversight.api_refusals import Refused
from oversight.models import User

UNKNOWN = "This key is not known here: it was revoked, it has run out, or the password was changed since."
READS_ONLY = "This key may only read. Make one that may write."
LONGEST = 200


class TokenAuthentication(BaseAuthentication):
    """A key that is wrong is refused, never taken for nobody's: its owner should hear of it."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        kind, _, key = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        token = tokens.recognised(key.strip().decode("latin-1")) if len(key) <= LONGEST else None
        if token is None:
            raise exceptions.AuthenticationFailed(UNKNOWN, code="token_unknown")
        if request.method not in SAFE_METHODS and not token.can_write:
            raise Refused("token_reads_only", READS_ONLY)
        return token.user, token

    def authenticate_header(self, _request: Request) -> str:
        return 'Bearer realm="api"'


class HasToken(BasePermission):
    """The record is kept by key alone: a browser's session has the pages, with their second factor."""

    message = "Show a key: Authorization: Bearer ovs_..."
    code = "not_authenticated"

    def has_permission(self, request: Request, _view: Any) -> bool:
        return isinstance(request.auth, ApiToken)


class TokenScheme(OpenApiAuthenticationExtension):
    """For the document."""

    target_class = "officers.api.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key made on the page *API keys*."}
