"""What officers can be told apart by, and how many there are of each kind. "Not known" is an answer like the others.

Six facets are facts of an officer and are counted together: how many officers there are of each combination. The count
beside a choice is how many would be found with it and with what is chosen elsewhere. Of everybody these counts stand in
a table that the database keeps (FacetCount): counting half a million officers anew takes longer than a page may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from officers.models import Face, FacetCount, Hold, Officer, SearchRow
from officers.models.search import NO_PAY_OR_RANK

MOST_CHANGES = 2000
"""More than this are not added up with every page."""
UNKNOWN = "unknown"
NOT_KNOWN = "Not known"
AGES = (("under-25", 0, 24), ("25-34", 25, 34), ("35-44", 35, 44), ("45-54", 45, 54), ("55-up", 55, 0))
AGE_WORDS = ("Under 25", "25 to 34", "35 to 44", "45 to 54", "55 and older")
PAYS = (
    ("under-50", 0, 50),
    ("50-75", 50, 75),
    ("75-100", 75, 100),
    ("100-150", 100, 150),
    ("150-up", 150, 0),
)
PAY_WORDS = (
    "Under $50,000",
    "$50,000 to $75,000",
    "$75,000 to $100,000",
    "$100,000 to $150,000",
    "$150,000 and more",
)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    how_many: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """`choices`: in their order; `is_open`: something in it is chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def is_open(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


Conditions = dict[str, Q]


Combinations = Counter[tuple[str, ...]]
"""How many officers there are of each: a choice of every facet, in the order of FACETS."""


def conditions(name: str) -> Conditions:
    """Who belongs to which choice of this facet, asked of SearchRow. Everybody belongs to one choice."""
    return _CONDITIONS[name]()


def _active() -> Conditions:
    return {"yes": Q(is_active=True), "no": Q(is_active=False), UNKNOWN: Q(is_active=None)}


def _races() -> Conditions:
    return {**{code: Q(race=code) for code in Officer.Race.values}, UNKNOWN: Q(race="")}


def _genders() -> Conditions:
    return {**{code: Q(gender=code) for code in Officer.Gender.values}, UNKNOWN: Q(gender="")}


def _photo() -> Conditions:
    with_one = Q(pk__in=Face.objects.public().filter(officer__isnull=False).values("officer"))
    return {"true": with_one, "false": ~with_one}


def _ages() -> Conditions:
    """By the year of birth alone, so a year more or less."""
    year, bands = timezone.now().year, {}
    for value, first, last in AGES:
        bands[value] = Q(birth_year__lte=year - first) if first else Q()
        bands[value] &= Q(birth_year__gte=year - last) if last else Q()
    return {**bands, UNKNOWN: Q(birth_year=None)}


def _pays() -> Conditions:
    """`by_pay` is minus the pay in dollars. Bands begin at multiples of $25,000: so does FacetCount."""
    bands = {}
    for value, least, below in PAYS:
        bands[value] = Q(by_pay__lte=-1000 * least) & (Q(by_pay__gt=-1000 * below) if below else Q())
    return {**bands, UNKNOWN: Q(by_pay=NO_PAY_OR_RANK)}


_CONDITIONS: dict[str, Callable[[], Conditions]] = {
    "active": _active,
    "race": _races,
    "gender": _genders,
    "age": _ages,
    "with_photo": _photo,
    "pay": _pays,
}


def _words(bands: Iterable[tuple[str, int, int]], words: Iterable[str]) -> list[tuple[str, str]]:
    return [(band[0], said) for band, said in zip(bands, words, strict=True)] + [(UNKNOWN, NOT_KNOWN)]


FACETS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "active": ("On the force", [("yes", "Now"), ("no", "No longer"), (UNKNOWN, NOT_KNOWN)]),
    "race": ("Race", [*Officer.Race.choices, (UNKNOWN, NOT_KNOWN)]),
    "gender": ("Gender", [*Officer.Gender.choices, (UNKNOWN, NOT_KNOWN)]),
    "age": ("Age, about", _words(AGES, AGE_WORDS)),
    "with_photo": ("Photo", [("true", "With a photo"), ("false", "Without a photo")]),
    "pay": ("Pay in a year", _words(PAYS, PAY_WORDS)),
}
"""Facets that are facts of an officer, by their name in the address: label and choices."""

Chosen = Mapping[str, Sequence[str]]


def one_of_each(chosen: Chosen) -> Q:
    """Officers who are, in every facet in which something is chosen, one of what is chosen."""
    found = Q()
    for name in FACETS:
        if values := chosen.get(name):
            of_facet = conditions(name)
            found &= reduce(or_, [of_facet[value] for value in values])
    return found


def counted(rows: QuerySet[SearchRow], chosen: Chosen) -> tuple[int, list[Facet]]:
    """How many of `rows` are found with what is chosen, and the facets with their counts. One query."""
    return _summed(_combinations(rows), chosen)


def counted_of_everybody(chosen: Chosen) -> tuple[int, list[Facet]]:
    """The same of all who are listed, as quick among half a million as among a hundred. Three queries.

    The table knows neither holds, which end by the clock, nor photos: the few officers of either are looked at anew.
    """
    nobodys, somebodys = {"false": Q()}, {"true": Q()}
    with_photo = SearchRow.objects.listed().filter(conditions("with_photo")["true"])
    on_hold = Hold.objects.standing().filter(officer__isnull=False).values("officer")
    withheld = SearchRow.objects.filter(is_listed=True, pk__in=on_hold)
    everybody = _combinations(FacetCount.objects.all(), nobodys, Sum("how_many"))
    everybody.subtract(_combinations(withheld, nobodys))
    at = list(FACETS).index("with_photo")
    for values, how_many in _combinations(with_photo, somebodys).items():
        everybody[values] = how_many
        everybody[(*values[:at], "false", *values[at + 1 :])] -= how_many
    return _summed(everybody, chosen)


def how_many_listed() -> int:
    """All whom the finder knows. Two queries."""
    known = FacetCount.objects.aggregate(known=Sum("how_many"))["known"] or 0
    on_hold = Hold.objects.standing().filter(officer__isnull=False).values("officer")
    return int(known - SearchRow.objects.filter(is_listed=True, pk__in=on_hold).count())


def add_up() -> int:
    """Upkeep: many changes to the counts become a few sums. Returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_add_up(%s)", [MOST_CHANGES])
        return int(cursor.fetchone()[0])


def _combinations(
    rows: QuerySet[Any], photo: Conditions | None = None, counting: Combinable | None = None
) -> Combinations:
    """`photo`: the conditions of that facet where it is known who has one."""
    kinds = {
        f"kind_{name}": _kind(photo if photo and name == "with_photo" else conditions(name))
        for name in FACETS
    }
    found = rows.annotate(**kinds).values_list(*kinds).annotate(how_many=counting or Count("pk")).order_by()
    return Counter({tuple(values): how_many for *values, how_many in found})


def _summed(combinations: Combinations, chosen: Chosen) -> tuple[int, list[Facet]]:
    names = list(FACETS)
    wanted = [set(chosen.get(name) or ()) for name in names]
    found, counts = 0, [Counter[str]() for _ in names]
    for values, how_many in combinations.items():
        if how_many <= 0:  # somebody changed the record between two of the queries
            continue
        amiss = [at for at, value in enumerate(values) if wanted[at] and value not in wanted[at]]
        if not amiss:
            found += how_many
        for at, value in enumerate(values):
            if not amiss or amiss == [at]:
                counts[at][value] += how_many
    return found, [
        facet(name, FACETS[name][0], FACETS[name][1], counts[at], wanted[at]) for at, name in enumerate(names)
    ]


def facet(
    name: str,
    label: str,
    choices: Iterable[tuple[str, str]],
    counts: Mapping[str, int],
    chosen: Collection[str],
) -> Facet:
    """Choices that nobody is and nobody chose are left out."""
    shown = [Choice(value, words, counts.get(value, 0), value in chosen) for value, words in choices]
    return Facet(name, label, tuple(choice for choice in shown if choice.how_many or choice.is_chosen))


def _kind(choices: Conditions) -> Case:
    """The name of the choice that an officer belongs to."""
    *cases, last = choices
    whens = [When(choices[value], then=Value(value)) for value in cases]
    return Case(*whens, default=Value(last), output_field=CharField())
