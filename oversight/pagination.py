"""Keyset pages: the deepest page costs what the first one does."""

from rest_framework.pagination import CursorPagination


class KeysetPages(CursorPagination):
    page_size = 50
    ordering = "pk"
    page_size_query_param = "page_size"
    max_page_size = 200
