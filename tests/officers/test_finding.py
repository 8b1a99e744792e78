"""The finder's rows are what the public rule says, its counts are what counting by hand says, its pages lose nobody."""

import random
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from officers import holds
from officers.facets import FACETS, UNKNOWN
from officers.finding import Search
from officers.models import Assignment, Department, Officer, Salary, SearchRow
from oversight.models import User
from tests import factories

pytestmark = pytest.mark.django_db
YEAR = timezone.now().year


def pay(who: Officer, where: Department, dollars: int, year: int = 2025) -> Salary:
    return Salary.objects.create(officer=who, department=where, salary=dollars, year=year)


def found(**asked: Any) -> list[Officer]:
    return Search.of(asked).page(size=100).officers


class Crowd:
    """Forty officers of every kind, some of whom nobody may see; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self.departments = [
            factories.department(),
            factories.department(),
            factories.department(is_published=False),
        ]
        self.admin = factories.user(User.Role.ADMIN)
        for _ in range(40):
            self._officer()

    def _officer(self) -> None:
        chance = self.chance
        who = factories.officer(
            first_name=chance.choice(("Ann", "Bo", "María")),
            last_name=chance.choice(("Lee", "Smith", "García")),
            race=chance.choice(("", "WHITE", "BLACK")),
            gender=chance.choice(("", "M", "F")),
            birth_year=chance.choice((None, YEAR - 24, YEAR - 25, YEAR - 40, YEAR - 70)),
            is_published=chance.random() < 0.9,
        )
        for where in chance.sample(self.departments, chance.choice((0, 1, 1, 2, 3))):
            rank, _ = where.ranks.get_or_create(name=chance.choice(("Officer", "Chief")))
            unit, _ = where.units.get_or_create(name=chance.choice(("North", "South")))
            start, end = chance.choice(((None, None), (date(2020, 1, 1), None), (None, date(2021, 1, 1))))
            who.assignments.create(
                department=where,
                rank=chance.choice((rank, None)),
                unit=chance.choice((unit, None)),
                start_date=start,
                end_date=end,
            )
            if chance.random() < 0.5:
                pay(who, where, chance.choice((49_999, 50_000, 120_000)))
        if chance.random() < 0.1:
            holds.place(subject=who, reason="safety", by=self.admin)

    def question(self) -> dict[str, Any]:
        """Something that somebody may ask."""
        chance = self.chance
        asked: dict[str, Any] = {}
        for name, (_, choices) in FACETS.items():
            if chance.random() < 0.3:
                asked[name] = chance.sample([value for value, _ in choices], chance.choice((1, 2)))
        if chance.random() < 0.4:
            asked["q"] = chance.choice(("lee", "maria", "smith ann"))
        if chance.random() < 0.6:
            asked["department"] = (where := chance.choice(self.departments)).pk
            for kind, rows in (("rank", where.ranks), ("unit", where.units)):
                if chance.random() < 0.5:
                    asked[kind] = chance.sample([UNKNOWN, *rows.values_list("pk", flat=True)], 1)
        return asked


def by_hand() -> list[Officer]:
    """Everybody public, with what the public may know of them read once."""
    public = list(Officer.objects.public())
    for who in public:
        who.stints = list(who.assignments.filter(department__is_published=True))  # type: ignore[attr-defined]
        who.pays = list(who.salaries.filter(department__is_published=True))  # type: ignore[attr-defined]
        who.kinds = _kinds(who, who.stints, who.pays)  # type: ignore[attr-defined]
    return public


def _kinds(who: Officer, stints: list[Assignment], pays_known: list[Salary]) -> dict[str, str]:
    """Which choice of each facet an officer is."""
    ended = [s.end_date is not None for s in stints]
    goes_on = any(s.end_date is None and s.start_date is not None for s in stints)
    year = max((s.year for s in pays_known), default=None)
    best = max((s.salary for s in pays_known if s.year == year), default=None)
    age = YEAR - who.birth_year if who.birth_year else None
    ages = (("under-25", 25), ("25-34", 35), ("35-44", 45), ("45-54", 55), ("55-up", 999))
    pays = (("under-50", 50), ("50-75", 75), ("75-100", 100), ("100-150", 150), ("150-up", 10**9))
    return {
        "active": "yes" if goes_on else "no" if all(ended) else UNKNOWN,
        "race": who.race or UNKNOWN,
        "gender": who.gender or UNKNOWN,
        "age": UNKNOWN if age is None else next(name for name, below in ages if age < below),
        "with_photo": "false",
        "pay": UNKNOWN if best is None else next(name for name, below in pays if best < 1000 * below),
    }


def fits_stint(who: Any, asked: dict[str, Any], without: str = "") -> list[Assignment]:
    """By hand: the public stints that fit department, rank and unit."""
    return [
        stint
        for stint in who.stints
        if asked.get("department") in (None, stint.department_id)
        and all(
            kind == without or not asked.get(kind) or (getattr(stint, f"{kind}_id") or UNKNOWN) in asked[kind]
            for kind in ("rank", "unit")
        )
    ]


def fits(who: Any, asked: dict[str, Any], without: str = "") -> bool:
    words = {"maría": "maria"}.get(who.first_name.lower(), who.first_name.lower()), who.last_name.lower()
    kinds = who.kinds
    return (
        all(word in words for word in asked.get("q", "").split())
        and bool(fits_stint(who, asked, without))
        and all(name == without or not asked.get(name) or kinds[name] in asked[name] for name in FACETS)
    )


@pytest.mark.parametrize("seed", range(2))
def test_who_is_found_and_every_count_is_what_counting_by_hand_gives(seed: int) -> None:
    crowd = Crowd(seed)
    public: list[Any] = list(by_hand())
    assert 10 < len(public) < 40
    assert set(SearchRow.objects.listed().values_list("pk", flat=True)) == {who.pk for who in public}
    for _ in range(12):
        asked = crowd.question()
        search = Search.of(asked)
        if search.name and search.name.is_close:  # fewer than five of this name: others are found too
            continue
        assert set(found(**asked)) == {who for who in public if fits(who, asked)}, asked
        total, facets = search.counted()
        assert total == sum(fits(who, asked) for who in public), asked
        for facet in facets:
            if facet.name in FACETS:
                others = [who.kinds[facet.name] for who in public if fits(who, asked, facet.name)]
                assert {c.value: c.how_many for c in facet.choices if c.how_many} == {
                    value: others.count(value) for value in set(others)
                }, (facet.name, asked)
            elif facet.name in ("rank", "unit"):
                each = [
                    {
                        str(getattr(s, f"{facet.name}_id") or UNKNOWN)
                        for s in fits_stint(who, asked, facet.name)
                    }
                    for who in public
                    if fits(who, asked, facet.name)
                ]
                assert {c.value: c.how_many for c in facet.choices if c.how_many} == {
                    value: sum(value in values for values in each) for value in set().union(*each)
                }, (facet.name, asked)


def test_rows_follow_whatever_is_changed() -> None:
    here, there = factories.department(), factories.department()
    who = factories.officer(here, first_name="Ann", last_name="Lee")

    def listed() -> bool:
        assert SearchRow.objects.listed().exists() == Officer.objects.public().filter(pk=who.pk).exists()
        return SearchRow.objects.listed().exists()

    assert listed()
    for change, is_listed in (
        (lambda: Officer.objects.update(is_published=False), False),
        (lambda: Officer.objects.update(is_published=True), True),
        (lambda: Department.objects.filter(pk=here.pk).update(is_published=False), False),
        (lambda: Assignment.objects.update(department=there), True),
        (lambda: Department.objects.filter(pk=here.pk).update(is_published=True), True),
        (lambda: Assignment.objects.all().delete(), False),
        (lambda: who.assignments.create(department=here), True),
    ):
        change()
        assert listed() == is_listed
    Officer.objects.update(last_name="Kowalski")
    assert found(q="kowalski") == [who]
    assert found(q="lee") == []
    held = holds.place(subject=who, reason="safety", by=factories.user(User.Role.ADMIN))
    assert not listed()
    holds.end(hold=held, by=factories.user(User.Role.ADMIN))
    assert listed()
    who.delete()
    assert not SearchRow.objects.exists()


def test_orders() -> None:
    where, hidden = factories.department(), factories.department(is_published=False)
    chief = where.ranks.create(name="Chief", order=9)
    low = where.ranks.create(name="Officer", order=1)
    a, b, c = (factories.officer(last_name=name) for name in ("Ábel", "Baker", "Cole"))
    a.assignments.create(department=where, rank=low, start_date=date(2010, 1, 1))
    b.assignments.create(department=where, rank=chief, start_date=date(2000, 1, 1))
    c.assignments.create(department=where)
    pay(a, where, 90_000), pay(a, where, 10, year=2001), pay(c, where, 60_000), pay(b, hidden, 999_000)
    assert found(sort="name") == [a, b, c]
    assert found(sort="rank") == [b, a, c]
    assert found(sort="pay") == [a, c, b]
    assert found(sort="seniority") == [b, a, c]
    low.order = 20
    low.save()
    assert found(sort="rank") == [a, b, c]


@pytest.mark.parametrize("order", ["name", "rank", "pay", "seniority"])
def test_pages_lose_and_repeat_nobody_though_officers_come_and_go_between_them(order: str) -> None:
    where = factories.department()
    ranks = [where.ranks.create(name=str(at), order=at) for at in range(2)]
    everybody = []
    for at in range(12):
        who = factories.officer(last_name=f"Lee {at % 4}")
        who.assignments.create(department=where, rank=ranks[at % 2], start_date=date(2000 + at % 3, 1, 1))
        pay(who, where, 50_000 + at % 3)
        everybody.append(who.pk)
    seen, after = [], ""
    while True:
        page = Search.of({"sort": order}).page(after, size=3)
        seen += [who.pk for who in page.officers]
        if not (after := page.after):
            break
        factories.officer(where, last_name="Aaa")  # before what was shown, or after it: never in the way
        factories.officer(where, last_name="Zzz")
    assert len(seen) == len(set(seen))
    assert set(everybody) <= set(seen)


def test_filters_of_a_stint_speak_of_one_stint() -> None:
    here, there = factories.department(), factories.department()
    who = factories.officer(here, rank="Sergeant", unit="North")
    who.assignments.create(department=there)
    sergeant = here.ranks.get()
    assert found(department=here.pk, rank=[sergeant.pk]) == [who]
    assert found(department=there.pk, rank=[sergeant.pk]) == []
    assert found(department=there.pk, rank=[UNKNOWN], unit=[UNKNOWN]) == [who]
    assert found(department=here.pk, rank=[UNKNOWN]) == []


def test_a_photo_counts_only_when_everybody_may_see_it() -> None:
    where = factories.department()
    shown, waiting = factories.officer(where), factories.officer(where)
    factories.face(shown, factories.photo(where))
    factories.face(waiting, factories.photo(where), reviewed=False)
    assert found(with_photo=["true"]) == [shown]
    assert found(with_photo=["false"]) == [waiting]
