"""Where the record has it from: the sources of a record and of its fields, ready for a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Model, Q
from django.urls import NoReverseMatch, reverse

from officers.models import Citation, Document

MOST = 200


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `fact` is what of the record it is for, in words; empty for all of it. `url` may be empty."""

    title: str
    url: str
    kind: str
    fact: str
    page: int | None
    retrieved_on: date | None


def of(record: Model, *parts: Model) -> list[Source]:
    """The sources of a public record, and of `parts` that hang on it (an officer's assignments and pay). Two queries.

    A document that is not public is named, when the source has a name of its own, and never linked.
    """
    cited = list(Citation.objects.filter(_cites([record, *parts])).order_by("record", "field", "pk")[:MOST])
    shown = _public(cited)
    models = {one._meta.model_name: type(one) for one in (record, *parts)}
    return [
        _source(citation, models[citation.record], shown)
        for citation in cited
        if citation.title or citation.url or citation.document_id in shown
    ]


def _cites(records: Iterable[Model]) -> Q:
    numbers: dict[str, list[int]] = {}
    for one in records:
        numbers.setdefault(str(one._meta.model_name), []).append(one.pk)
    wanted = Q(pk__in=[])
    for name, keys in numbers.items():
        wanted |= Q(record=name, record_id__in=keys)
    return wanted


def _public(cited: Iterable[Citation]) -> dict[int | None, str]:
    wanted = {citation.document_id for citation in cited if citation.document_id}
    if not wanted:
        return {}
    return dict(Document.objects.public().filter(pk__in=wanted).values_list("pk", "title"))


def _source(citation: Citation, model: type[Model], shown: dict[int | None, str]) -> Source:
    url = citation.url
    if citation.document_id in shown:
        at = f"?from={citation.page}#page-{citation.page}" if citation.page else ""
        url = page_of("document", citation.document_id or 0) + at
    return Source(
        title=citation.title or shown.get(citation.document_id) or citation.url,
        url=url,
        kind=citation.get_kind_display(),
        fact=fact(model, citation.field),
        page=citation.page,
        retrieved_on=citation.retrieved_on,
    )


def fact(model: type[Model], field: str) -> str:
    """A field in words, with the kind of record where that is a part of another."""
    if not field:
        return ""
    known = {each.name: each for each in model._meta.fields}
    words = str(known[field].verbose_name) if field in known else field
    return words.capitalize()


def page_of(name: str, pk: int) -> str:
    """The public page of a record; empty where it has none of its own here."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
