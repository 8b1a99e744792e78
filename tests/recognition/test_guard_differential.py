"""The gate in Python and its copy in SQL give the same verdict, on cases made at random in the real database.

OVERSIGHT_GATE_CASES (2,000) is how many verdicts are compared; OVERSIGHT_GATE_SEED (1) makes another set of them. What
only Python knows (the site's switch, where it is run) says yes here.
"""

import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from officers.jurisdiction import read_facts, read_site
from officers.models import Assignment, Department, DepartmentState, Face, Officer, Photo, PhotoFiling
from oversight.gate import DepartmentFacts, Facts, Place, Site, refusal
from tests import factories
from tests.recognition.guard_world import bare_photo
from tests.stack import Stack

pytestmark = pytest.mark.plugin
CASES = int(os.environ.get("OVERSIGHT_GATE_CASES", "2000"))
SEED = int(os.environ.get("OVERSIGHT_GATE_SEED", "1"))
DEPARTMENTS, OFFICERS, PHOTOS, PLACES = 60, 90, 60, 90
HOME = "VT"  # no generated law reaches the operator and the computers
STATES = ["OH", "MI", "OR", "IL"]
NAMES = ["", "", "lake", "hill"]


@dataclass
class Round:
    """One made-up country: its laws, departments, officers and photos."""

    owner: psycopg.Connection
    chance: random.Random

    def __post_init__(self) -> None:
        self.today = timezone.now().date()
        self.owner.execute("DELETE FROM officers_prohibitedplace")
        for _ in range(self.chance.randint(0, 2)):
            self._law()
        self.owner.commit()
        with transaction.atomic():
            self.departments = [self._department(number) for number in range(DEPARTMENTS)]
        for _ in range(self.chance.randint(0, 3)):
            self._law()
        self.owner.commit()
        with transaction.atomic():
            self.officers = [self._officer() for _ in range(OFFICERS)]
            self.photos = [self._photo() for _ in range(PHOTOS)]

    def _day(self) -> date:
        return self.today + timedelta(days=self.chance.randint(-1, 1))

    def _law(self) -> None:
        begins = self._day()
        ends = self.chance.choice([None, begins + timedelta(days=self.chance.randint(1, 2))])
        place = (self.chance.choice(STATES), self.chance.choice(NAMES), self.chance.choice(NAMES))
        self.owner.execute(
            "INSERT INTO officers_prohibitedplace (state_id, county, city, valid_from, valid_to, source,"
            " reviewed_by, reviewed_on) VALUES (%s, %s, %s, %s, %s, 'A law', 'A lawyer', %s)",
            [*place, begins, ends, self.today],
        )

    def _department(self, number: int) -> Department:
        chance = self.chance
        state = chance.choices(STATES, [4, 2, 2, 1])[0]
        allowed = state != "IL" and chance.random() < 0.8
        made = Department.objects.create(
            name=f"{self.today} {chance.random()} {number}",
            short_name="D",
            state_id=state,
            county=chance.choice(NAMES),
            city=chance.choice(NAMES),
            is_facial_recognition_allowed=allowed,
            recognition_legal_basis="A basis" if allowed else "",
            recognition_review_due=self._day() if allowed or chance.random() < 0.5 else None,
        )
        if chance.random() < 0.2:
            DepartmentState.objects.create(department=made, state_id=chance.choice(STATES))
        return made

    def _officer(self) -> Officer:
        """Assigned here and there; some assignments are deleted again, which must not be forgotten."""
        officer = Officer.objects.create(last_name="x")
        for where in self.chance.sample(self.departments, self.chance.choices([0, 1, 2], [1, 8, 2])[0]):
            stint = Assignment.objects.create(officer=officer, department=where)
            if self.chance.random() < 0.1:
                stint.delete()
        return officer

    def _photo(self) -> Photo:
        chance = self.chance
        where, other = chance.sample(self.departments, 2)
        photo = bare_photo(where, taken_in_prohibited_place=chance.random() < 0.1)
        if chance.random() < 0.2:
            PhotoFiling.objects.create(photo=photo, department=other)
        if chance.random() < 0.2:
            Photo.objects.filter(pk=photo.pk).update(department=other)
        if chance.random() < 0.3:
            Face.objects.create(
                photo=photo, officer=chance.choice(self.officers), x=1, y=1, width=9, height=9
            )
        return photo

    def place(self) -> Place:
        pick = self.chance.choice
        return Place(pick([*STATES, "XX", ""]), pick(NAMES), pick(NAMES))


def ask(function: str, kind: str, *columns: Sequence[object]) -> list[bool]:
    """What a function of the guard says to each row of `columns`, in one statement."""
    arrays = ", ".join([f"%s::{kind}[]"] * len(columns))
    names = ", ".join("abc"[: len(columns)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}({names}) FROM unnest({arrays}) WITH ORDINALITY AS t({names}, n) ORDER BY n",  # noqa: S608
            [[str(value) for value in column] for column in columns],
        )
        answers = [answer for (answer,) in cursor.fetchall()]
    assert all(answer is True or answer is False for answer in answers)
    return answers


def allows(facts: Facts, site: Site) -> bool:
    return refusal(replace(facts, site=site)) is None


def compare(country: Round) -> Counter[tuple[str, bool]]:
    """Compare every verdict of a round. Returns how often each was yes and no."""
    site = replace(read_site(), operator_state=HOME, compute_states=frozenset({HOME}))
    lawful = DepartmentFacts(frozenset({Place(HOME)}), True, country.today)
    departments = [row.pk for row in country.departments]
    officers = [row.pk for row in country.officers]
    photos = [row.pk for row in country.photos]
    places = [country.place() for _ in range(PLACES)]
    facts = read_facts(officer_ids=officers)
    in_python = {
        "gate_department_allows": [allows(read_facts(department_id=pk), site) for pk in departments],
        "gate_officer_allows": [
            allows(replace(facts, departments=(lawful,), officers=(one,)), site) for one in facts.officers
        ],
        "gate_photo_allows": [allows(read_facts(photo=photo), site) for photo in country.photos],
        "gate_place_prohibited": [
            place.state == "IL" or any(p.covers(place, site.today) for p in site.prohibitions)
            for place in places
        ],
    }
    in_sql = {
        "gate_department_allows": ask("gate_department_allows", "bigint", departments),
        "gate_officer_allows": ask("gate_officer_allows", "bigint", officers),
        "gate_photo_allows": ask("gate_photo_allows", "uuid", photos),
        "gate_place_prohibited": ask(
            "gate_place_prohibited",
            "text",
            [place.state for place in places],
            [place.county for place in places],
            [place.city for place in places],
        ),
    }
    assert in_sql == in_python
    return Counter((function, answer) for function, answers in in_sql.items() for answer in answers)


def test_python_and_sql_agree(stack: Stack) -> None:
    chance, owner = random.Random(SEED), stack.connect("owner")  # noqa: S311
    total: Counter[tuple[str, bool]] = Counter()
    while total.total() < CASES:
        total += compare(Round(owner, chance))
    assert len(total) == 8, total
    assert min(total.values()) >= CASES // 100, total


@pytest.mark.django_db
def test_what_is_not_there_is_refused() -> None:
    """A number that no row has: both copies of the law say no."""
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert ask("gate_department_allows", "bigint", [-1]) == [False]
    assert ask("gate_officer_allows", "bigint", [-1]) == [False]
    assert ask("gate_photo_allows", "uuid", [nowhere]) == [False]
    assert ask("gate_department_prohibited", "bigint", [-1]) == [True]
    for facts in (
        read_facts(department_id=-1),
        read_facts(officer_ids=[-1]),
        read_facts(photo=Photo(pk=nowhere)),
        read_facts(),
    ):
        assert refusal(facts) is not None


@pytest.mark.django_db
def test_a_department_that_is_gone_is_not_left_out() -> None:
    """Asked about two departments of which one is not there, the other one's yes is not enough."""
    photo = bare_photo(factories.department(allowed=True))
    assert refusal(read_facts(photo=photo)) is None
    assert refusal(read_facts(photo=photo, department_id=-1)) is not None
