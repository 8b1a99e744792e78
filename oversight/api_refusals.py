"""Refusals of the API: every one has a stable code and a sentence (oversight/api_errors.py gives them their form).

The serializers are for the OpenAPI document only; they describe what api_errors.py writes.
"""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers, status
from rest_framework.exceptions import APIException


class Refused(APIException):
    """A no that is an answer rather than a fault: a stable `code` for programs, a `sentence` for people.

    `more`: what else the answer says, beside these two.
    """

    def __init__(
        self, code: str, sentence: str, *, http_status: int = status.HTTP_403_FORBIDDEN, **more: Any
    ) -> None:
        super().__init__(sentence, code)
        self.status_code, self.more = http_status, more


class Error(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable: programs may rely on it.")
    detail = serializers.CharField(help_text="A sentence for people. It may be worded better one day.")


class FormError(Error):
    fields = serializers.DictField(  # type: ignore[assignment]  # a field of this name, not the serializer's list
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="What is wrong with which field. Only with the code `invalid`.",
    )


def error(description: str, code: str, sentence: str) -> OpenApiResponse:
    """One error of an endpoint, for its documentation."""
    example = OpenApiExample(code, value={"code": code, "detail": sentence}, response_only=True)
    return OpenApiResponse(Error, description=description, examples=[example])


INVALID = OpenApiResponse(
    FormError,
    description="Something that was sent is not right. `fields` says what.",
    examples=[
        OpenApiExample(
            "invalid",
            value={
                "code": "invalid",
                "detail": "Some of what was sent is not right.",
                "fields": {"department": ["This field is required."]},
            },
            response_only=True,
        )
    ],
)
NOT_FOUND = error("There is nothing by that id.", "not_found", "There is nothing here by that id.")
TOO_MANY = error(
    "Too many requests from this address. The header `Retry-After` says how many seconds to wait.",
    "throttled",
    "Request was throttled. Expected available in 30 seconds.",
)
READING = {404: NOT_FOUND, 429: TOO_MANY}
