"""GET identifications/: what is shown of a question, to whom, and at what price."""

import pytest
from django.apps import apps

if not apps.is_installed("recognition"):
    pytest.skip("needs the recognition plugin", allow_module_level=True)

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from officers.models import Department, Face
from recognition.models import Candidate
from tests import factories
from tests.api.conftest import CALLERS
from tests.api.questions import URL, found, url

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


def test_a_result_shows_each_candidate_beside_the_officers_photo(api: APIClient) -> None:
    department = factories.department(allowed=True, name="Lake Police")
    officer = factories.officer(department, badge="77", first_name="Al", last_name="Lake")
    asked = found(department, officer)
    face = Face.objects.get(officer=officer)
    assert api.get(url(asked)).json() == {
        "id": str(asked.pk),
        "state": "done",
        "reason": None,
        "detail": None,
        "answer": None,
        "officers_searched": 3,
        "candidates": [
            {
                "number": 1,
                "officer": {
                    "id": officer.pk,
                    "name": "Al Lake",
                    "assignments": [
                        {
                            "department": {"id": department.pk, "name": "Lake Police"},
                            "rank": None,
                            "unit": None,
                            "badge_number": "77",
                            "start_date": None,
                            "end_date": None,
                        }
                    ],
                },
                "photo_url": f"http://testserver/faces/{face.pk}.jpg",
                "words": "Strong match",
                "percent": 93,
                "chance": 0.93,
                "denied": False,
            }
        ],
    }


def test_no_candidate_is_certain(api: APIClient) -> None:
    department = factories.department(allowed=True)
    asked = found(department, factories.officer(department))
    Candidate.objects.update(chance=1.0)
    (candidate,) = api.get(url(asked)).json()["candidates"]
    assert (candidate["words"], candidate["percent"], candidate["chance"]) == ("Strong match", 99, 0.9999)


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("waiting", "", None),
        ("refused", "department_not_allowed", "Face matching has not been allowed for this department."),
        ("unusable", "several_faces", "There is more than one face where you pointed."),
    ],
)
def test_an_unfinished_question_says_how_it_stands(
    api: APIClient, state: str, reason: str, words: str | None
) -> None:
    asked = found(factories.department(allowed=True), state=state, reason=reason, officers_searched=0)
    shown = api.get(url(asked)).json()
    assert (shown["state"], shown["reason"], shown["candidates"]) == (state, reason or None, [])
    assert shown["detail"] is None if words is None else shown["detail"].startswith(words)


def test_a_door_that_closed_since_is_closed_at_show(api: APIClient) -> None:
    department = factories.department(allowed=True)
    officer = factories.officer(department)
    asked = found(department, officer)
    Department.objects.filter(pk=department.pk).update(is_facial_recognition_allowed=False)
    for response in (
        api.get(url(asked)),
        api.post(url(asked, "confirm/"), {"officer": officer.pk}),
        api.post(url(asked, "deny/"), {"officer": officer.pk}),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "department_not_allowed")
    assert not Face.objects.filter(photo=asked.photo).exists()


def test_a_question_is_gone_when_its_time_is_over_or_it_never_was(api: APIClient) -> None:
    over = found(factories.department(allowed=True), expires_at=timezone.now() - timedelta(seconds=1))
    for pk in (over.pk, uuid.uuid4(), "x"):
        for response in (api.get(f"{URL}{pk}/"), api.post(f"{URL}{pk}/none/"), api.delete(f"{URL}{pk}/")):
            assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_questions_are_not_listed(api: APIClient) -> None:
    assert api.get(URL).status_code == 405


@pytest.mark.parametrize("caller", CALLERS)
def test_a_result_costs_the_same_however_many_candidates(
    caller: str,
    client_of: Callable[..., tuple[APIClient, int]],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    department = factories.department(allowed=True)
    officers = [factories.officer(department, rank="Officer", unit="North") for _ in range(5)]
    one, five = found(department, officers[0]), found(department, *officers)
    client, own = client_of(caller, department)
    costs = []
    for asked in (one, five):
        with django_assert_num_queries(own + 20) as captured:
            assert len(client.get(url(asked)).json()["candidates"]) == asked.candidates_found
        costs.append(len(captured))
    assert costs[0] == costs[1]
