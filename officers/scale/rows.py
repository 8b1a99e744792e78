"""Fills an empty record with departments, officers, stints and pay, by COPY, under the guard like everybody else.

Departments are as uneven as real ones: a few have tens of thousands of officers, most have a few hundred.
"""

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from django.db import connection
from psycopg import sql

from officers.models import Department, Officer, State
from officers.scale.names import People

RANKS = ("Officer", "Detective", "Corporal", "Sergeant", "Lieutenant", "Captain", "Commander", "Chief")
RANK_WEIGHTS = (62, 12, 6, 11, 5, 2.5, 1, 0.5)
UNITS = (
    *("Patrol", "Traffic", "North District", "South District", "East District", "West District", "Narcotics"),
    *("Training", "Records", "Internal Affairs", "K-9", "Airport"),
)
RACES = ("WHITE", "BLACK", "HISPANIC", "ASIAN", "NATIVE AMERICAN", "PACIFIC ISLANDER", "Other", "")
RACE_WEIGHTS = (52, 12, 15, 3, 0.6, 0.3, 1.1, 16)
TODAY = date(2026, 1, 1)
AT_ONCE = 25_000
KINDS = ("Police Department", "Sheriff’s Office", "Town Police", "County Police", "University Police")


class NotEmpty(Exception):
    """There is a record already."""


class Scale:
    """How much to make. `fill` does it in the caller's transaction."""

    def __init__(self, *, departments: int, officers: int, assignments: int, seed: int) -> None:
        self.departments, self.officers = departments, officers
        self.assignments = max(assignments, officers)
        self.chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self.homes: list[int] = []

    def fill(self) -> Iterator[str]:
        """Says how far it is. Raises NotEmpty."""
        if Department.objects.exists() or Officer.objects.exists():
            raise NotEmpty
        first = self._make_departments()
        yield f"{self.departments:,} departments"
        yield from _said(self._make_officers(), self.officers, "officers")
        first_officer = _first("officers_officer")
        yield from _said(self._make_assignments(first, first_officer), self.assignments, "assignments")
        yield from _said(self._make_pay(first, first_officer), self.officers * 3 // 5, "salaries")

    def _make_departments(self) -> tuple[int, int, int]:
        """The first department, rank and unit; the others follow in order, ranks and units department by department."""
        states = list(State.objects.order_by("code").values_list("code", flat=True))
        places = [person.last for person in People(self.chance).next(self.departments * 2)]
        rows = []
        for number, place in zip(range(self.departments), places, strict=False):
            name = f"{place} {self.chance.choice(KINDS)} {number + 1}"
            rows.append((name, name[:100], states[number % len(states)]))
        copy("officers_department", ("name", "short_name", "state_id"), rows, BLANK_DEPARTMENT)
        department = _first("officers_department")
        here = range(department, department + self.departments)
        ranks = [(at, name, order) for at in here for order, name in enumerate(RANKS)]
        copy("officers_rank", ("department_id", "name", "order"), ranks, {"is_sworn_officer": True})
        copy("officers_unit", ("department_id", "name"), [(at, name) for at in here for name in UNITS])
        return department, _first("officers_rank"), _first("officers_unit")

    def _make_officers(self) -> Iterator[int]:
        chance = self.chance
        races = chance.choices(RACES, RACE_WEIGHTS, k=self.officers)
        rows = (
            (
                p.first,
                p.middle,
                p.last,
                p.suffix,
                race,
                p.gender,
                self._birth_year(),
                self._hired(),
                f"E{number:07}",
            )
            for number, (p, race) in enumerate(zip(People(chance).next(self.officers), races, strict=True))
        )
        columns = ("first_name", "middle_name", "last_name", "suffix", "race", "gender", "birth_year")
        return copied("officers_officer", (*columns, "employment_date", "internal_id"), rows, BLANK_OFFICER)

    def _make_assignments(self, first: tuple[int, int, int], first_officer: int) -> Iterator[int]:
        """Everybody has one stint; the rest are earlier ones of some, one in eight of them elsewhere.

        Officer by officer, so that what they are found by is made once for each and not once for every stint.
        """
        weights = list(itertools.accumulate(1 / (at + 6) for at in range(self.departments)))
        self.homes = homes = self.chance.choices(
            range(self.departments), cum_weights=weights, k=self.officers
        )
        further = Counter(self.chance.choices(range(self.officers), k=self.assignments - self.officers))

        def earlier(who: int) -> int:
            moved = self.chance.random() < 0.125
            return (
                self.chance.choices(range(self.departments), cum_weights=weights)[0] if moved else homes[who]
            )

        stints = (
            (who, earlier(who) if nth else homes[who], not nth)
            for who in range(self.officers)
            for nth in range(1 + further[who])
        )
        columns = (
            "officer_id",
            "department_id",
            "rank_id",
            "unit_id",
            "badge_number",
            "start_date",
            "end_date",
        )
        rows = (
            (first_officer + who, *self._post(first, at), *self._dates(is_present))
            for who, at, is_present in stints
        )
        same = {"status": "", "separation": "", "separation_note": ""}
        return copied("officers_assignment", columns, rows, same)

    def _post(self, first: tuple[int, int, int], at: int) -> tuple[int, int | None, int | None, str]:
        department, rank, unit = first
        (of_rank,) = self.chance.choices(range(len(RANKS)), RANK_WEIGHTS)
        has_rank, has_unit = self.chance.random() < 0.96, self.chance.random() < 0.85
        return (
            department + at,
            rank + at * len(RANKS) + of_rank if has_rank else None,
            unit + at * len(UNITS) + self.chance.randrange(len(UNITS)) if has_unit else None,
            str(self.chance.randrange(1, 99999)),
        )

    def _dates(self, is_present: bool) -> tuple[date | None, date | None]:
        if self.chance.random() < 0.05:
            return None, None
        start = TODAY - timedelta(days=self.chance.randrange(30, 12000))
        goes_on = is_present and self.chance.random() < 0.7
        return start, None if goes_on else start + timedelta(days=self.chance.randrange(1, 4000))

    def _make_pay(self, first: tuple[int, int, int], first_officer: int) -> Iterator[int]:
        rows = (
            (
                first_officer + who,
                first[0] + self.homes[who],
                round(self.chance.lognormvariate(11.3, 0.35), 2),
                None,
                2025,
            )
            for who in sorted(self.chance.sample(range(self.officers), self.officers * 3 // 5))
        )
        columns = ("officer_id", "department_id", "salary", "overtime_pay", "year")
        return copied("officers_salary", columns, rows, {"is_fiscal_year": False})

    def _birth_year(self) -> int | None:
        return None if self.chance.random() < 0.2 else 2002 - int(self.chance.betavariate(1.6, 2.4) * 50)

    def _hired(self) -> date | None:
        return None if self.chance.random() < 0.15 else TODAY - timedelta(days=self.chance.randrange(12000))


BLANK_DEPARTMENT = {
    **dict.fromkeys(("kind", "county", "city", "internal_id_label", "complaint_office", "website"), ""),
    **dict.fromkeys(
        ("office_phone", "office_email", "ori", "time_zone", "about", "recognition_legal_basis"), ""
    ),
    "is_facial_recognition_allowed": False,
    "is_published": True,
    "is_demo": True,
}
BLANK_OFFICER = {"is_published": True, "ever_prohibited": False}


def _said(done: Iterator[int], of: int, what: str) -> Iterator[str]:
    for count in done:
        yield f"{count:,} of {of:,} {what}"


def copied(
    table: str, columns: Sequence[str], rows: Iterator[Sequence[object]], same: Mapping[str, object]
) -> Iterator[int]:
    """COPY `rows` a batch at a time; says how many there are. What triggers remember of a batch is done with it."""
    count = 0
    while batch := list(itertools.islice(rows, AT_ONCE)):
        copy(table, columns, batch, same)
        connection.check_constraints()
        count += len(batch)
        yield count


def copy(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    same: Mapping[str, object] | None = None,
) -> None:
    """COPY `rows` with the values that are the `same` in all of them."""
    same = same or {}
    names = sql.SQL(", ").join(map(sql.Identifier, (*columns, *same)))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row((*row, *same.values()))


def _first(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT min(id) FROM {}").format(sql.Identifier(table)))
        first: int = cursor.fetchone()[0]
    return first
