"""Where the words that somebody looks for stand in a document: its page, and a line of it with the words marked.

Made by the database beside the search itself (ts_headline), for the rows that a page shows and no others.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, Func, JSONField, QuerySet, Subquery, Value, When

HIT, END = "\x02", "\x03"
"""Signs that no text holds that was read here (privacy/caged_pdfs.py)."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`parts`: (is it a word that was looked for, text). `page` is None where the words stand in no page."""

    page: int | None
    parts: list[tuple[bool, str]]


def annotated(rows: QuerySet[Any], words: str, *, among: QuerySet[Any]) -> QuerySet[Any]:
    """With what `read` reads, for the rows whose keys `among` gives."""
    asked = Func(Value(words), function="unaccent")
    query = SearchQuery(asked, search_type="websearch", config="english")
    best = Func(F("text"), query, function="document_excerpt", output_field=JSONField())
    found: QuerySet[Any] = rows.annotate(excerpt=Case(When(pk__in=Subquery(among), then=best), default=None))
    return found


def read(row: Any) -> Excerpt | None:
    """The excerpt of an annotated row; None where no page has any of the words."""
    if not row.excerpt:
        return None
    parts: list[tuple[bool, str]] = []
    for at, piece in enumerate(row.excerpt["line"].split(HIT)):
        hit, found, rest = piece.partition(END)
        parts += [(True, hit), (False, rest)] if found else [(False, piece)] if at == 0 else [(False, hit)]
    return Excerpt(row.excerpt["page"], [(is_hit, text) for is_hit, text in parts if text])
