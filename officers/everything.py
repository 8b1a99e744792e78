"""One box for everything: officers, departments, incidents with their plates, complaints, lawsuits, documents.

Each kind is looked for where a stranger may look (its `public()`), by number as people copy it and by its words. Counts
end at MOST: whoever needs more opens the kind by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorExact, SearchVectorField
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Exact
from django.urls import NoReverseMatch, reverse

from officers import cards, excerpts
from officers.cards import OfficerCard
from officers.excerpts import Excerpt
from officers.finding import Search
from officers.models import Complaint, Department, Document, Incident, Lawsuit, LicensePlate

SHOWN = 5
SHOWN_OFFICERS = 6
PAGE = 24
MOST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """One record: `url` is empty where it has no page; `excerpt` is where the words stand in a text (excerpts.py)."""

    title: str
    more: str
    url: str
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind. `how_many` beyond MOST: there are more. `next_before`: where the next page begins."""

    name: str
    label: str
    found: Sequence[Found]
    how_many: int
    next_before: int | None

    @property
    def has_more(self) -> bool:
        return self.how_many > MOST


@dataclass(frozen=True, slots=True)
class Officers:
    cards: list[OfficerCard]
    how_many: int
    is_close: bool

    @property
    def has_more(self) -> bool:
        return self.how_many > MOST


@dataclass(frozen=True, slots=True)
class Kind:
    """`look`: the public records that have these words; `more`: a line about one; `has_text`: show where they stand."""

    label: str
    look: Callable[[str], QuerySet[Any]]
    more: Callable[[Any], str]
    page: str
    has_text: bool = False


def officers(words: str) -> Officers:
    """The nearest by name or number. At most seven queries."""
    search = Search.of({"q": words})
    nearest, how_many = search.nearest(SHOWN_OFFICERS, MOST + 1)
    is_close = search.name is not None and search.name.is_close
    return Officers([cards.card(officer) for officer in nearest], how_many, is_close)


def group(name: str, words: str, *, before: int | None = None, size: int = SHOWN) -> Group:
    """The latest of one kind; those with a lower number than `before`. One query."""
    kind = KINDS[name]
    rows = kind.look(words)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    rows = rows.order_by("-pk")
    if kind.has_text:
        rows = excerpts.annotated(rows, words, among=rows.values("pk")[:size])
    found = list(rows[: MOST + 1])
    shown = [_found(kind, one) for one in found[:size]]
    return Group(name, kind.label, shown, len(found), found[size - 1].pk if len(found) > size else None)


def _found(kind: Kind, one: Any) -> Found:
    url, excerpt = _address(kind.page, one.pk), excerpts.read(one) if kind.has_text else None
    if url and excerpt and excerpt.page:
        url += f"?from={excerpt.page}#page-{excerpt.page}"
    return Found(str(one), kind.more(one), url, excerpt)


def _address(page: str, pk: int) -> str:
    try:
        return reverse(page, args=[pk])
    except NoReverseMatch:  # the record has no page of its own here
        return ""


def same_number(name: str, words: str) -> Q:
    """The same number, however it is written: search_number() of the database."""
    return _same(name, words) if any(sign.isdigit() for sign in words) else Q(pk__in=[])


def _same(name: str, words: str) -> Q:
    number = Func(F(name), function="search_number", output_field=TextField())
    return Q(Exact(number, Func(Value(words), function="search_number", output_field=TextField())))


def plates(words: str) -> QuerySet[LicensePlate]:
    """Plates of this number, however it is written; of letters alone too."""
    return LicensePlate.objects.filter(_same("number", words))


def _words(words: str, *fields: str) -> Q:
    """Every word in one of these text fields, by its stem: search_text() of the database."""
    four = [*map(F, fields), *[Value("")] * (4 - len(fields))]
    text = Func(*four, function="search_text", output_field=SearchVectorField())
    asked = Func(Value(words), function="unaccent", output_field=TextField())
    return Q(SearchVectorExact(text, SearchQuery(asked, search_type="websearch", config="english")))


def _departments(words: str) -> QuerySet[Department]:
    return Department.objects.public().of_words(words).select_related("state")


def _incidents(words: str) -> QuerySet[Incident]:
    plates = LicensePlate.objects.filter(same_number("number", words)).values("incidents")
    public = Incident.objects.public().select_related("department", "location").defer("description")
    return public.filter(
        Q(pk__in=plates) | same_number("report_number", words) | _words(words, "description")
    )


def _complaints(words: str) -> QuerySet[Complaint]:
    public = Complaint.objects.public().select_related("department").defer("summary")
    return public.filter(
        same_number("record_number", words) | _words(words, "category", "summary", "outcome")
    )


def _lawsuits(words: str) -> QuerySet[Lawsuit]:
    public = Lawsuit.objects.public().select_related("department").defer("summary")
    return public.filter(
        same_number("docket_number", words) | _words(words, "title", "court", "nature", "summary")
    )


def _documents(words: str) -> QuerySet[Document]:
    public = Document.objects.public().select_related("department").defer("text", "description")
    return public.filter(_words(words, "title", "description", "text"))


def _line(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


KINDS: dict[str, Kind] = {
    "departments": Kind("Departments", _departments, lambda one: one.state.name, "department"),
    "incidents": Kind(
        "Incidents", _incidents, lambda one: _line(one.date, one.location, one.department), "incident"
    ),
    "complaints": Kind(
        "Complaints",
        _complaints,
        lambda one: _line(one.category, one.received_on, one.department),
        "complaint",
    ),
    "lawsuits": Kind(
        "Lawsuits", _lawsuits, lambda one: _line(one.filed_on, one.court, one.department), "lawsuit"
    ),
    "documents": Kind("Documents", _documents, lambda one: str(one.department), "document", has_text=True),
}
