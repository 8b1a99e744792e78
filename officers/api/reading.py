"""What every list and look-up of the record shares: public rows, parts on request, keyset pages, an ETag.

The ETag is a digest of the answer: who sends it back in `If-None-Match` gets 304 and no body when nothing has changed.
"""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from officers.api import shown
from officers.api.errors import INVALID, READING
from officers.api.parts import Parts
from oversight.pagination import KeysetPages

NOT_MODIFIED = OpenApiResponse(
    description="Nothing has changed since the answer with the ETag in `If-None-Match`."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", location=OpenApiParameter.HEADER, description="The ETag of an earlier answer."
)
MOST_WITH_PARTS = 50


class RecordPages(KeysetPages):
    """Fewer at once where each comes with its parts."""

    def get_page_size(self, request: Request) -> int | None:
        size = super().get_page_size(request)
        view: Any = request.parser_context.get("view") if request.parser_context else None
        has_parts = bool(view and view.parts_asked)
        return min(size, MOST_WITH_PARTS) if size and has_parts else size


@method_decorator(conditional_page, name="dispatch")
class RecordViewSet(ReadOnlyModelViewSet[Any]):
    """Public rows of `model`, in the order of their numbers."""

    model: ClassVar[type[Model]]
    pagination_class = RecordPages

    @property
    def parts(self) -> Parts:
        return shown.PARTS.get(self.model, shown.NO_PARTS)

    @property
    def parts_asked(self) -> tuple[str, ...]:
        return self.parts.asked(self.request)

    def rows(self) -> QuerySet[Any]:
        return shown.rows(self.model)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.rows()
        return self.rows().prefetch_related(*self.parts.fetched(self.parts_asked))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for lists: whoever knows a number needs none."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer_context(self) -> dict[str, Any]:
        if getattr(self, "swagger_fake_view", False):
            return dict(super().get_serializer_context())
        return {**super().get_serializer_context(), "parts": self.parts_asked}


def documented(model: type[Model], serializer: Any, *, one: str, many: str, **examples: Any) -> Any:
    """The document's words for a kind of record."""
    asked = [*shown.PARTS.get(model, shown.NO_PARTS).parameters(), IF_NONE_MATCH]
    return extend_schema_view(
        list=extend_schema(
            summary=many,
            parameters=asked,
            responses={200: serializer(many=True), 304: NOT_MODIFIED, 400: INVALID, **READING},
            **examples,
        ),
        retrieve=extend_schema(
            summary=one,
            parameters=asked,
            responses={200: serializer, 304: NOT_MODIFIED, 400: INVALID, **READING},
            **examples,
        ),
    )
