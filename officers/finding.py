"""Find an officer: what is asked, who is found, in which order, a page at a time.

Everything is asked of the narrow rows of SearchRow. The officers of a page then come from Officer.objects.public(), so
that the rule of who may be shown has the last word. Filters of a stint (department, rank, unit, badge) speak of one
stint: a sergeant of the fifth precinct, not a sergeant here who was in the fifth there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from officers import facets, name_search
from officers.facets import NOT_KNOWN, UNKNOWN, Facet
from officers.models import Assignment, Officer, SearchRow
from officers.name_search import Name
from officers.querysets import SearchRowQuerySet

PAGE = 24
BETWEEN = "\x1f"
MOST_CHOICES = 40
FEW_ENOUGH = 5000
"""Among more officers than this nobody counts departments: it would take longer than a page may."""
SORTS = {
    "name": "Name",
    "rank": "Rank, highest first",
    "pay": "Pay, highest first",
    "seniority": "Years in the service",
}
NEAREST = "nearest"
"""The order of a search for a name. Without one it is the order of names."""
KEYS: dict[str, tuple[str, ...]] = {
    "name": (),
    "rank": ("by_rank",),
    "pay": ("by_pay",),
    "seniority": ("by_since",),
    NEAREST: ("farness",),
}
"""What comes before the name and the number in the order of a list."""


class UnknownPlace(ValueError):
    """Where to go on is nothing that a page of this list has said."""


@dataclass(frozen=True, slots=True)
class Page:
    """`after`: where the next one begins; empty on the last."""

    officers: list[Officer]
    after: str


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asks: `asked` is the cleaned data of officers.filters.OfficerFilter's form."""

    asked: Mapping[str, Any]
    name: Name | None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Search:
        """Reads the words; two or three queries when there are any."""
        return cls(asked, name_search.asked(asked.get("q") or ""))

    @property
    def order(self) -> str:
        return self.asked.get("sort") or (NEAREST if self.name and self.name.words else "name")

    @property
    def department_id(self) -> int | None:
        return self.asked.get("department")

    def rows(self) -> SearchRowQuerySet:
        """Everybody who is found."""
        return self._of_stint().filter(facets.one_of_each(self.asked))

    def page(self, after: str = "", size: int = PAGE) -> Page:
        """One page: as quick on the last as on the first. Four queries. Raises UnknownPlace."""
        rows, columns = self.in_order()
        if after:
            rows = rows.filter(TupleGreaterThan(tuple(map(F, columns)), _place(after, columns)))
        found = list(rows.values_list(*columns)[: size + 1])
        officers = _officers([row[-1] for row in found[:size]])
        return Page(officers, BETWEEN.join(map(str, found[size - 1])) if len(found) > size else "")

    def nearest(self, size: int, most: int) -> tuple[list[Officer], int]:
        """The first of the list, and how many are found, counted as far as `most`. Four queries."""
        found = list(self.in_order()[0].values_list("pk", flat=True)[:most])
        return _officers(found[:size]), len(found)

    def in_order(self) -> tuple[SearchRowQuerySet, tuple[str, ...]]:
        """The whole list, and the columns of its order."""
        rows, columns = self.rows(), (*KEYS[self.order], "sort_name", "pk")
        if self.order == NEAREST and self.name:
            rows = rows.annotate(farness=self.name.farness())
        return rows.order_by(*columns), columns

    def counted(self, of_stint: Sequence[str] = ("rank", "unit")) -> tuple[int, list[Facet]]:
        """How many are found, and the facets. Three queries at most; of a department one more for each `of_stint`."""
        if (self.asked.get("q") or "").strip() or self._stint():
            found, of_officers = facets.counted(self._of_stint(), self.asked)
        else:
            found, of_officers = facets.counted_of_everybody(self.asked)
        if self.department_id:
            return found, [*map(self._of_department, of_stint), *of_officers]
        few = 0 < found <= FEW_ENOUGH and (self.name or any(self.asked.get(name) for name in facets.FACETS))
        return found, [self._departments(), *of_officers] if few else of_officers

    def _named(self) -> SearchRowQuerySet:
        listed: SearchRowQuerySet = SearchRow.objects.listed()
        if self.name:
            return listed.filter(self.name.condition())
        return listed.none() if (self.asked.get("q") or "").strip() else listed  # "???" is nobody's name

    def _of_stint(self) -> SearchRowQuerySet:
        stint = self._stint()
        if not stint:
            return self._named()
        stints = Assignment.objects.filter(stint, officer=OuterRef("pk"), department__is_published=True)
        return self._named().filter(Exists(stints))

    def _stint(self, without: str = "") -> Q:
        condition = Q()
        if self.department_id:
            condition &= Q(department=self.department_id)
        if badge := self.asked.get("badge"):
            condition &= Q(badge_number__iexact=badge)
        for kind in ("rank", "unit"):
            if kind != without and (values := self.asked.get(kind)):
                known = Q(**{f"{kind}__in": [value for value in values if value != UNKNOWN]})
                condition &= known | Q(**{kind: None}) if UNKNOWN in values else known
        return condition

    def _of_department(self, kind: str) -> Facet:
        """Ranks, the highest first, or units: how many have a stint in each, of those found by all but this."""
        among = self._named().filter(facets.one_of_each(self.asked)).values("pk")
        stints = Assignment.objects.filter(
            self._stint(kind), department__is_published=True, officer__in=among
        )
        order = ("-rank__order", "rank__name") if kind == "rank" else ("-how_many", "unit__name")
        named = stints.order_by().values(kind, f"{kind}__name", *(["rank__order"] if kind == "rank" else []))
        counted = named.annotate(how_many=Count("officer", distinct=True)).order_by(*order)[:MOST_CHOICES]
        rows = [
            (str(row[kind] or UNKNOWN), row[f"{kind}__name"] or NOT_KNOWN, row["how_many"]) for row in counted
        ]
        rows.sort(key=lambda row: row[0] == UNKNOWN)
        chosen = set(map(str, self.asked.get(kind) or ()))
        counts = {value: how_many for value, _, how_many in rows}
        return facets.facet(kind, kind.capitalize(), [row[:2] for row in rows], counts, chosen)

    def _departments(self) -> Facet:
        """Where most of those found are, or were."""
        stints = Assignment.objects.filter(
            department__is_published=True, officer__in=self.rows().values("pk")
        )
        named = stints.order_by().values("department", "department__name", "department__state")
        rows = named.annotate(how_many=Count("officer", distinct=True)).order_by(
            "-how_many", "department__name"
        )[:8]
        choices = [(str(r["department"]), f"{r['department__name']}, {r['department__state']}") for r in rows]
        counts = {str(row["department"]): row["how_many"] for row in rows}
        return facets.facet("department", "Department", choices, counts, ())


def _officers(pks: Sequence[int]) -> list[Officer]:
    """Of these the public ones, in this order."""
    at = {pk: place for place, pk in enumerate(pks)}
    return sorted(Officer.objects.public().filter(pk__in=pks).for_cards(), key=lambda who: at[who.pk])


def _place(after: str, columns: Sequence[str]) -> list[Any]:
    """The last row of a page, as it was written into the address of the next."""
    parts = after.replace("\0", "").split(BETWEEN)
    if len(parts) != len(columns):
        raise UnknownPlace
    *first, name, pk = parts
    try:
        read = date.fromisoformat if columns[0] == "by_since" else _number
        return [*map(read, first), name, _number(pk)]
    except ValueError as odd:
        raise UnknownPlace from odd


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.lstrip("-").isdigit() and len(digits) < 19):
        raise UnknownPlace
    return int(digits)
