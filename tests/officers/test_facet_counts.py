"""The table of counts is what counting everybody says, whatever was done to the record and in whatever order."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from officers import facets, holds
from officers.models import Assignment, FacetCount, Officer, Salary, SearchRow
from oversight.models import User
from tests import factories
from tests.officers.test_finding import Crowd, pay
from tests.stack import Stack

CHOSEN: list[facets.Chosen] = [
    {},
    {"race": ["BLACK"]},
    {"gender": ["F", "unknown"], "age": ["35-44"], "active": ["yes"]},
    {"with_photo": ["true"]},
    {"with_photo": ["false"], "pay": ["50-75", "unknown"]},
]


def the_table_is_right() -> None:
    rows = SearchRow.objects.listed()
    for chosen in CHOSEN:
        assert facets.counted_of_everybody(chosen) == facets.counted(rows, chosen)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_the_table_follows_every_change(seed: int) -> None:
    crowd = Crowd(seed)
    the_table_is_right()
    some = list(Officer.objects.order_by("pk")[:20])
    Officer.objects.filter(pk__in=[who.pk for who in some[:8]]).update(race="ASIAN", birth_year=None)
    Assignment.objects.filter(officer__in=some[4:12]).update(end_date="2022-01-01")
    Salary.objects.filter(officer__in=some).update(salary=75_000)
    the_table_is_right()
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_add_up(1)")
    assert not FacetCount.objects.filter(is_sum=False).exists()
    crowd.departments[0].is_published = False
    crowd.departments[0].save()
    for who in some[12:16]:
        who.delete()
    some[16].assignments.create(department=crowd.departments[1])
    pay(some[16], crowd.departments[1], 149_999, year=2026)
    the_table_is_right()


@pytest.mark.django_db
def test_photos_and_holds_are_counted_as_they_are_now() -> None:
    where = factories.department()
    shown, held, plain = (factories.officer(where, race="WHITE") for _ in range(3))
    for who in (shown, held):
        factories.face(who, factories.photo(where))
    holds.place(subject=held, reason="safety", by=factories.user(User.Role.ADMIN))
    the_table_is_right()
    assert facets.counted_of_everybody({"with_photo": ["true"]})[0] == 1
    assert facets.counted_of_everybody({"with_photo": ["false"]})[0] == 1
    plain.delete()
    assert facets.counted_of_everybody({})[0] == 1


@pytest.mark.django_db
def test_few_changes_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.officer(factories.department())
    assert facets.add_up() == 0
    monkeypatch.setattr(facets, "MOST_CHANGES", 1)
    assert facets.add_up() == 1
    assert facets.counted_of_everybody({})[0] == 1


def test_the_bands_begin_where_the_table_can_tell() -> None:
    assert [least % 25 for _, least, _ in facets.PAYS] == [0] * len(facets.PAYS)
    assert max(least for _, least, _ in facets.PAYS) <= 200


@pytest.mark.django_db
def test_the_app_does_not_write_the_counts() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        FacetCount.objects.create(by_pay=0, how_many=1, is_sum=True)


def test_two_who_edit_do_not_wait_for_one_another(stack: Stack) -> None:
    """Both add somebody of the same kind; the second commits while the first is still at it."""
    where = factories.department()
    first, second = (factories.officer(where, gender="F") for _ in range(2))
    one, two = stack.connect("app"), stack.connect("app")
    two.execute("SET lock_timeout = '3s'")
    for session, who in ((one, first), (two, second)):
        session.execute("UPDATE officers_officer SET race = 'BLACK' WHERE id = %s", [who.pk])
    two.commit()
    assert facets.counted_of_everybody({"race": ["BLACK"]})[0] == 1
    with psycopg.connect(one.info.dsn, password=one.info.password) as upkeep:
        upkeep.execute("SELECT search_add_up(1)")
    one.commit()
    assert facets.counted_of_everybody({"race": ["BLACK"]})[0] == 2
    the_table_is_right()
