"""The text of a public document, some pages at a time: a whole one may be a book."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from officers.api.errors import INVALID, READING
from officers.api.reading import IF_NONE_MATCH, NOT_MODIFIED
from officers.models import Document

PAGES_AT_ONCE = 10


class PageTextSerializer(serializers.Serializer[Any]):
    page = serializers.IntegerField(help_text="From 1.")
    text = serializers.CharField()


class DocumentTextSerializer(serializers.Serializer[Any]):
    """What a program read on some of the pages; it makes mistakes."""

    next = serializers.URLField(allow_null=True, help_text="Where the pages after these are.")
    texts = PageTextSerializer(many=True)


@method_decorator(conditional_page, name="dispatch")
class DocumentTextView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        summary="The text of one document",
        tags=["record"],
        parameters=[
            OpenApiParameter(
                "from",
                {"type": "integer", "minimum": 1},
                description=f"The first page; {PAGES_AT_ONCE} come at once.",
            ),
            IF_NONE_MATCH,
        ],
        responses={200: DocumentTextSerializer, 304: NOT_MODIFIED, 400: INVALID, **READING},
    )
    def get(self, request: Request, pk: int) -> Response:
        texts = get_object_or_404(Document.objects.public(), pk=pk).texts
        start = _page(request.query_params.get("from", "1"))
        until = start + PAGES_AT_ONCE
        here = request.build_absolute_uri()
        answer = {
            "next": replace_query_param(here, "from", str(until)) if until <= len(texts) else None,
            "texts": [
                {"page": page, "text": text} for page, text in enumerate(texts[start - 1 : until - 1], start)
            ],
        }
        return Response(DocumentTextSerializer(answer).data)


def _page(said: str) -> int:
    """Raises ValidationError."""
    if not (said.isascii() and said.isdecimal() and len(said) < 10 and int(said)):
        raise ValidationError({"from": ["Write the number of a page, from 1."]})
    return int(said)
