"""Every API error has a stable code and a sentence: {"code": ..., "detail": ...}, and `fields` for a bad form."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def with_stable_code(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = {
            "code": "invalid",
            "detail": "Some of what was sent is not right.",
            "fields": _by_field(response.data),
        }
    elif isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        response.data = {"code": codes if isinstance(codes, str) else "error", "detail": str(error.detail)}
        response.data |= getattr(error, "more", {})
    elif isinstance(error, Http404):
        response.data = {"code": "not_found", "detail": "There is nothing here by that id."}
    elif isinstance(error, PermissionDenied):
        response.data = {"code": "permission_denied", "detail": "You may not do this."}
    return response


def _by_field(said: Any) -> dict[str, list[str]]:
    """Sentences under the name of each field, however deep the fault lies in what was sent there."""
    if not isinstance(said, dict):
        return {"non_field_errors": _sentences(said)}
    return {str(name): _sentences(wrong) for name, wrong in said.items()}


def _sentences(said: Any) -> list[str]:
    if isinstance(said, dict):
        return [f"{name}: {sentence}" for name, wrong in said.items() for sentence in _sentences(wrong)]
    if isinstance(said, list):
        return [sentence for one in said for sentence in _sentences(one)]
    return [str(said)]
