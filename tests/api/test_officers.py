"""GET officers/: who is shown to whom, filters, pages, and at what price."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from officers.models import Rank, Unit
from tests import factories
from tests.api.conftest import CALLERS

pytestmark = pytest.mark.django_db
URL = "/api/v1/officers/"


def found(api: APIClient, **filters: Any) -> list[int]:
    response = api.get(URL, filters)
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def test_an_officer_is_shown_with_assignments_and_reviewed_photo(api: APIClient) -> None:
    where = factories.department(name="Lake Police")
    who = factories.officer(
        where, badge="77", rank="Sergeant", unit="North", first_name="Al", last_name="Lake", internal_id="X9"
    )
    face = factories.face(who, factories.photo(where))
    rank, unit = Rank.objects.get(department=where), Unit.objects.get(department=where)
    assert api.get(f"{URL}{who.pk}/").json() == {
        "id": who.pk,
        "name": "Al Lake",
        "first_name": "Al",
        "middle_name": "",
        "last_name": "Lake",
        "suffix": "",
        "race": "",
        "gender": "",
        "birth_year": None,
        "internal_id": "X9",
        "employment_date": None,
        "updated_at": who.updated_at.isoformat().replace("+00:00", "Z"),
        "assignments": [
            {
                "department": {"id": where.pk, "name": "Lake Police"},
                "rank": {"id": rank.pk, "name": "Sergeant"},
                "unit": {"id": unit.pk, "name": "North"},
                "badge_number": "77",
                "start_date": None,
                "end_date": None,
            }
        ],
        "photo_url": f"http://testserver/faces/{face.pk}.jpg",
    }


def test_the_photo_address_answers_with_a_picture(api: APIClient) -> None:
    where = factories.department()
    who = factories.officer(where)
    photo = factories.photo(where, jpeg=factories.picture(1))
    factories.face(who, photo, published=False)
    factories.publish(photo)
    picture = api.get(api.get(f"{URL}{who.pk}/").json()["photo_url"])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")


def test_a_face_without_a_second_look_is_not_shown(api: APIClient) -> None:
    where = factories.department()
    who = factories.officer(where)
    factories.face(who, factories.photo(where), reviewed=False)
    assert api.get(f"{URL}{who.pk}/").json()["photo_url"] is None


def test_who_is_not_published_is_not_shown(api: APIClient) -> None:
    shown = factories.officer(factories.department())
    unpublished = factories.officer(factories.department(), is_published=False)
    elsewhere = factories.officer(factories.department(is_published=False))
    nowhere = factories.officer()
    assert found(api) == [shown.pk]
    for hidden in (unpublished, elsewhere, nowhere):
        assert api.get(f"{URL}{hidden.pk}/").status_code == 404


def test_an_assignment_in_an_unpublished_department_is_neither_shown_nor_found(api: APIClient) -> None:
    public, hidden = factories.department(), factories.department(is_published=False)
    who = factories.officer(public, hidden, badge="31")
    shown = api.get(f"{URL}{who.pk}/").json()["assignments"]
    assert [stint["department"]["id"] for stint in shown] == [public.pk]
    assert found(api, department=hidden.pk) == []


def test_filters(api: APIClient) -> None:
    here, there = factories.department(), factories.department()
    al = factories.officer(here, badge="77", rank="Sergeant", unit="North", first_name="Al", internal_id="X9")
    bo = factories.officer(here, there, badge="78", rank="Officer", first_name="Bo")
    factories.face(bo, factories.photo(here))
    sergeant, north = Rank.objects.get(name="Sergeant"), Unit.objects.get(name="North")
    assert found(api, department=here.pk) == [al.pk, bo.pk]
    assert found(api, department=there.pk) == [bo.pk]
    assert found(api, rank=sergeant.pk) == found(api, unit=north.pk) == [al.pk]
    assert found(api, badge="78") == found(api, q="bo") == found(api, q="78") == [bo.pk]
    assert found(api, q="x9") == [al.pk]
    assert found(api, with_photo="true") == [bo.pk]
    assert found(api, with_photo="false") == [al.pk]


def test_the_api_finds_whom_the_page_finds(api: APIClient) -> None:
    here = factories.department()
    al = factories.officer(here, first_name="Álvaro", last_name="Núñez", race="HISPANIC", birth_year=1950)
    bo = factories.officer(here, first_name="Bo", last_name="Lake", gender="M")
    assert found(api, q="nunes alvaro") == found(api, age="55-up") == [al.pk]
    assert found(api, race="unknown") == found(api, gender="M") == [bo.pk]
    assert found(api, race=["unknown", "HISPANIC"], rank="unknown", active="unknown", pay="unknown") == [
        al.pk,
        bo.pk,
    ]
    assert api.get(URL, {"race": "green"}).json()["fields"].keys() == {"race"}


def test_assignment_filters_speak_of_one_assignment(api: APIClient) -> None:
    here, there = factories.department(), factories.department()
    who = factories.officer(here, rank="Sergeant")
    factories.officer(there)
    rank = Rank.objects.get(department=here)
    assert found(api, department=here.pk, rank=rank.pk) == [who.pk]
    assert found(api, department=there.pk, rank=rank.pk) == []


@pytest.mark.parametrize(
    "query",
    [
        {"department": "x"},
        {"department": 10**30},
        {"rank": "1.5"},
        {"q": "\x00"},
        {"badge": "9" * 200},
    ],
)
def test_an_odd_filter_is_a_form_error(api: APIClient, query: dict[str, Any]) -> None:
    response = api.get(URL, query)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert list(response.json()["fields"]) == list(query)


@pytest.mark.parametrize("pk", ["0", "x", str(10**30)])
def test_an_odd_id_is_not_found_in_json(api: APIClient, pk: str) -> None:
    response = api.get(f"{URL}{pk}/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_pages_follow_each_other_without_gap_or_repeat(api: APIClient) -> None:
    where = factories.department()
    officers = [factories.officer(where).pk for _ in range(7)]
    seen: list[int] = []
    url = f"{URL}?page_size=3"
    while url:
        page = api.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert seen == officers


@pytest.mark.parametrize("caller", CALLERS)
def test_a_page_of_officers_costs_the_same_however_many(
    caller: str,
    client_of: Callable[..., tuple[APIClient, int]],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    where = factories.department()
    first = factories.officer(where, rank="Officer", unit="North")
    factories.face(first, factories.photo(where))
    client, own = client_of(caller, where)
    filters: dict[str, Any] = {"department": where.pk, "race": "unknown", "with_photo": "true"}
    price = own + 3  # officers, their assignments, their public faces
    for _ in range(2):
        with django_assert_num_queries(price):
            assert client.get(URL, filters).status_code == 200
        with django_assert_num_queries(price):
            assert client.get(f"{URL}{first.pk}/").status_code == 200
        for _ in range(6):
            more = factories.officer(where, rank="Officer", unit="North")
            factories.face(more, factories.photo(where))
