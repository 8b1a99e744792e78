"""Which source a page names for what: one query for everything that it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, OuterRef, Q, Subquery

from officers.models import Citation, Document

MOST = 200


@dataclass(frozen=True, slots=True)
class Source:
    """`document` is the number of a document that everybody may open, or None."""

    words: str
    kind: str
    url: str
    document: int | None
    page: int | None
    seen_on: date | None
    of_field: str
    record: str


@dataclass(frozen=True, slots=True)
class Sources:
    """What the records of a page rest on, each record's by its model and number."""

    of: dict[tuple[str, int], list[Source]]

    def named(self, record: Model, field: str = "") -> str:
        """The sources of one of its fields, or of a record as a whole, in words for a line beside it."""
        found = self.of.get((str(record._meta.model_name), record.pk), [])
        return "; ".join(source.words for source in found if source.of_field == field)

    @property
    def all(self) -> list[Source]:
        """Each once, however often it is cited."""
        every = {
            (one.words, one.url, one.document, one.page): one
            for sources in self.of.values()
            for one in sources
        }
        return list(every.values())


def of(records: Iterable[Any]) -> Sources:
    """The sources of these records, which the caller may show. One query; a private document is not named."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for record in records:
        numbers[str(record._meta.model_name)].add(record.pk)
    if not numbers:
        return Sources({})
    wanted = reduce(or_, (Q(record=name, record_id__in=pks) for name, pks in numbers.items()))
    title = Document.objects.public().filter(pk=OuterRef("document")).values("title")
    found = Citation.objects.filter(wanted).annotate(public_title=Subquery(title))
    by_record: dict[tuple[str, int], list[Source]] = defaultdict(list)
    for citation in found[:MOST]:
        source = _source(citation)
        if source:
            by_record[citation.record, citation.record_id].append(source)
    return Sources(dict(by_record))


def _source(citation: Any) -> Source | None:
    words = citation.title or citation.public_title or citation.url
    if not words:
        return None
    return Source(
        words=words,
        kind=citation.get_kind_display(),
        url=citation.url,
        document=citation.document_id if citation.public_title else None,
        page=citation.page,
        seen_on=citation.retrieved_on,
        of_field=citation.field,
        record=citation.record,
    )


def fact(model: type[Model], field: str) -> str:
    """A field in words; empty for a record as a whole."""
    if not field:
        return ""
    known = {each.name: each for each in model._meta.fields}
    words = str(known[field].verbose_name) if field in known else field
    return words.capitalize()
