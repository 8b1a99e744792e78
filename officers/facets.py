"""What officers can be told apart by, and how many there are of each kind. "Not known" is an answer like the others.

Six facets are facts of an officer and are counted together in one query: how many officers there are of each
combination. The count beside a choice is how many would be found with it and with what is chosen elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.utils import timezone

from officers.models import Face, Officer, SearchRow
from officers.models.search import NO_PAY_OR_RANK

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


def conditions() -> dict[str, Conditions]:
    """Who belongs to which choice of which facet, asked of SearchRow. Everybody belongs to one choice of each."""
    with_photo = Q(pk__in=Face.objects.public().filter(officer__isnull=False).values("officer"))
    return {
        "active": {"yes": Q(is_active=True), "no": Q(is_active=False), UNKNOWN: Q(is_active=None)},
        "race": {**{code: Q(race=code) for code in Officer.Race.values}, UNKNOWN: Q(race="")},
        "gender": {**{code: Q(gender=code) for code in Officer.Gender.values}, UNKNOWN: Q(gender="")},
        "age": _ages(),
        "with_photo": {"true": with_photo, "false": ~with_photo},
        "pay": _pays(),
    }


def _ages() -> Conditions:
    """By the year of birth alone, so a year more or less."""
    year, bands = timezone.now().year, {}
    for value, first, last in AGES:
        bands[value] = Q(birth_year__lte=year - first) if first else Q()
        bands[value] &= Q(birth_year__gte=year - last) if last else Q()
    return {**bands, UNKNOWN: Q(birth_year=None)}


def _pays() -> Conditions:
    """`by_pay` is minus the pay in dollars."""
    bands = {}
    for value, least, below in PAYS:
        bands[value] = Q(by_pay__lte=-1000 * least) & (Q(by_pay__gt=-1000 * below) if below else Q())
    return {**bands, UNKNOWN: Q(by_pay=NO_PAY_OR_RANK)}


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
    every, found = conditions(), Q()
    for name in FACETS:
        if values := chosen.get(name):
            found &= reduce(or_, [every[name][value] for value in values])
    return found


def counted(rows: QuerySet[SearchRow], chosen: Chosen) -> tuple[int, list[Facet]]:
    """How many of `rows` are found with what is chosen, and the facets with their counts. One query."""
    kinds = {f"kind_{name}": _kind(choices) for name, choices in conditions().items()}
    combinations = list(rows.annotate(**kinds).values_list(*kinds).annotate(how_many=Count("pk")).order_by())
    names = list(FACETS)
    wanted = [set(chosen.get(name) or ()) for name in names]
    found, counts = 0, [Counter[str]() for _ in names]
    for *values, how_many in combinations:
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
