"""GET departments/: what is shown, what the gate says of each, and at what price."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests import factories
from tests.api.conftest import CALLERS

pytestmark = pytest.mark.django_db
HAS_PLUGIN = apps.is_installed("recognition")
needs_plugin = pytest.mark.skipif(not HAS_PLUGIN, reason="needs the recognition plugin")


def by_id(api: APIClient) -> dict[int, dict[str, object]]:
    return {row["id"]: row for row in api.get("/api/v1/departments/").json()["results"]}


def test_a_department_is_shown_with_its_state(api: APIClient) -> None:
    department = factories.department(state="MI", name="Lake Police", city="lake city")
    assert api.get(f"/api/v1/departments/{department.pk}/").json() == {
        "id": department.pk,
        "name": "Lake Police",
        "short_name": "Lake Police",
        "kind": "",
        "state": {"code": "MI", "name": "Michigan"},
        "county": "",
        "city": "lake city",
        "internal_id_label": "",
        "complaint_office": "",
        "website": "",
        "office_phone": "",
        "office_email": "",
        "ori": "",
        "founded_year": None,
        "time_zone": "",
        "about": "",
        "updated_at": department.updated_at.isoformat().replace("+00:00", "Z"),
        "matching": {
            "allowed": False,
            "reason": "department_not_allowed" if HAS_PLUGIN else "site_off",
            "detail": "Face matching has not been allowed for this department."
            if HAS_PLUGIN
            else "Face matching is switched off on this site.",
        },
    }


def test_an_unpublished_department_is_not_shown(api: APIClient) -> None:
    hidden = factories.department(is_published=False)
    assert hidden.pk not in by_id(api)
    response = api.get(f"/api/v1/departments/{hidden.pk}/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.plugin
@needs_plugin
def test_each_department_says_what_the_gate_says_of_it(api: APIClient) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    expected = {
        factories.department(allowed=True).pk: None,
        factories.department(allowed=False).pk: "department_not_allowed",
        factories.department(state="IL").pk: "place_prohibited",
        factories.department(allowed=True, due=yesterday).pk: "review_expired",
    }
    shown = by_id(api)
    for pk, reason in expected.items():
        matching = shown[pk]["matching"]
        assert isinstance(matching, dict)
        assert matching["reason"] == reason
        assert matching["allowed"] is (reason is None)
        assert bool(matching["detail"]) is (reason is not None)
    assert "740 ILCS 14" in str(shown[list(expected)[2]]["matching"])


@pytest.mark.skipif(HAS_PLUGIN, reason="needs the recognition plugin to be absent")
def test_without_the_plugin_matching_is_off_everywhere(api: APIClient) -> None:
    department = factories.department(allowed=True)
    matching = by_id(api)[department.pk]["matching"]
    assert isinstance(matching, dict)
    assert (matching["allowed"], matching["reason"]) == (False, "site_off")


def test_departments_are_found_by_name_and_state(api: APIClient) -> None:
    here = factories.department(state="OH", name="River Sheriff")
    factories.department(state="MI", name="River Police")
    found = api.get("/api/v1/departments/", {"q": "river", "state": "OH"}).json()["results"]
    assert [row["id"] for row in found] == [here.pk]


@pytest.mark.parametrize("caller", CALLERS)
def test_a_page_of_departments_costs_the_same_however_many(
    caller: str,
    client_of: Callable[..., tuple[APIClient, int]],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = factories.department()
    client, own = client_of(caller, first)
    price = own + (
        5 if HAS_PLUGIN else 1
    )  # the page; known states, prohibited places, departments, their states
    for _ in range(2):
        with django_assert_num_queries(price):
            assert client.get("/api/v1/departments/").status_code == 200
        with django_assert_num_queries(price):
            assert client.get(f"/api/v1/departments/{first.pk}/").status_code == 200
        for _ in range(12):
            factories.department(allowed=True)
