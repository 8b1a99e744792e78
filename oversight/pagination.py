"""Keyset pages: the deepest page costs what the first one does."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class KeysetPages(CursorPagination):
    page_size = 50
    ordering = "pk"
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(
        self, queryset: QuerySet[Any, Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        """Raises NotFound for a cursor that no page of this list has given."""
        cursor = self.decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            model: Any = getattr(queryset, "model", None)
            try:
                model._meta.pk.to_python(cursor.position)
            except ValidationError as odd:
                raise NotFound(self.invalid_cursor_message) from odd
        return super().paginate_queryset(queryset, request, view)
