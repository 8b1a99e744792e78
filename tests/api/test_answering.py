"""What people say about candidates, counted once, and forgetting a question."""

import pytest
from django.apps import apps

if not apps.is_installed("recognition"):
    pytest.skip("needs the recognition plugin", allow_module_level=True)

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from officers.models import Face, Officer, Photo
from oversight import storage
from oversight.models import AuditEvent
from recognition.models import Candidate, Identification
from tests import factories
from tests.api.questions import found, url

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


def test_confirming_tags_the_photo_and_gives_it_to_the_record(api: APIClient) -> None:
    department = factories.department(allowed=True)
    officer = factories.officer(department)
    asked = found(department, officer)
    response = api.post(url(asked, "confirm/"), {"officer": officer.pk})
    assert (response.status_code, response.json()) == (200, {"id": str(asked.pk), "answer": "confirmed"})
    tag = Face.objects.get(photo=asked.photo)
    assert (tag.officer, tuple(tag.box), tag.reviewed_at, tag.tagged_by) == (
        officer,
        (10, 10, 80, 80),
        None,
        None,
    )
    assert Photo.objects.get(pk=asked.photo_id).expires_at is None


def test_an_account_is_named_in_the_audit_and_a_stranger_is_not(
    api: APIClient, client_of: Callable[..., tuple[APIClient, int]]
) -> None:
    department = factories.department(allowed=True)
    volunteer, _ = client_of("volunteer", department)
    for client in (api, volunteer):
        officer = factories.officer(department)
        client.post(url(found(department, officer), "confirm/"), {"officer": officer.pk})
    actors = AuditEvent.objects.filter(action="tagged a face").order_by("pk").values_list("actor", flat=True)
    assert actors[0] == "visitor"
    assert actors[1].startswith("person-")


def test_only_a_candidate_can_be_confirmed_or_denied(api: APIClient) -> None:
    department = factories.department(allowed=True)
    asked = found(department, factories.officer(department))
    stranger = factories.officer(department)
    for verb in ("confirm/", "deny/"):
        response = api.post(url(asked, verb), {"officer": stranger.pk})
        assert (response.status_code, list(response.json()["fields"])) == (400, ["officer"])
    assert not Face.objects.filter(photo=asked.photo).exists()


def test_denying_everybody_answers_none_of_these(api: APIClient) -> None:
    department = factories.department(allowed=True)
    officers = [factories.officer(department), factories.officer(department)]
    asked = found(department, *officers)
    assert api.post(url(asked, "deny/"), {"officer": officers[0].pk}).json()["answer"] is None
    assert [c["denied"] for c in api.get(url(asked)).json()["candidates"]] == [True, False]
    assert api.post(url(asked, "deny/"), {"officer": officers[1].pk}).json()["answer"] == "none"


def test_none_of_these_and_then_a_new_officer(api: APIClient) -> None:
    department = factories.department(allowed=True)
    asked = found(department, factories.officer(department))
    assert api.post(url(asked, "none/")).json()["answer"] == "none"
    response = api.post(url(asked, "new-officer/"), {"last_name": "Doe", "badge_number": "99"})
    assert response.json() == {"id": str(asked.pk), "answer": "new_officer"}
    proposed = Officer.objects.get(last_name="Doe")
    assert not proposed.is_published
    assert [a.badge_number for a in proposed.assignments.all()] == ["99"]
    assert api.get(f"/api/v1/officers/{proposed.pk}/").status_code == 404


def test_a_new_officer_needs_a_name_or_a_badge(api: APIClient) -> None:
    asked = found(factories.department(allowed=True))
    for body in ({}, {"first_name": "  "}, {"last_name": "x" * 121}):
        assert api.post(url(asked, "new-officer/"), body).status_code == 400
    assert not Officer.objects.exists()


def test_a_question_is_answered_once(api: APIClient) -> None:
    department = factories.department(allowed=True)
    first, second = factories.officer(department), factories.officer(department)
    asked = found(department, first, second)
    api.post(url(asked, "confirm/"), {"officer": first.pk})
    for response in (
        api.post(url(asked, "confirm/"), {"officer": second.pk}),
        api.post(url(asked, "deny/"), {"officer": first.pk}),
        api.post(url(asked, "none/")),
        api.post(url(asked, "new-officer/"), {"last_name": "Doe"}),
    ):
        assert (response.status_code, response.json()["code"]) == (409, "answered")
    assert [face.officer for face in Face.objects.filter(photo=asked.photo)] == [first]


def test_a_waiting_question_cannot_be_answered(api: APIClient) -> None:
    asked = found(factories.department(allowed=True), state="waiting")
    for response in (
        api.post(url(asked, "none/")),
        api.post(url(asked, "new-officer/"), {"last_name": "Doe"}),
    ):
        assert (response.status_code, response.json()["code"]) == (409, "not_ready")


def test_forgetting_deletes_the_question_the_photo_and_its_pixels(
    api: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    department = factories.department(allowed=True)
    asked = found(department, factories.officer(department))
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(url(asked)).status_code == 204
    assert not Photo.objects.filter(pk=asked.photo_id).exists()
    assert not Candidate.objects.exists()
    assert api.get(url(asked)).status_code == 404
    with pytest.raises(FileNotFoundError):
        storage.read(asked.photo.key)


def test_a_photo_given_to_the_record_outlives_its_question(api: APIClient) -> None:
    department = factories.department(allowed=True)
    officer = factories.officer(department)
    asked = found(department, officer)
    api.post(url(asked, "confirm/"), {"officer": officer.pk})
    assert api.delete(url(asked)).status_code == 204
    assert not Identification.objects.exists()
    assert Photo.objects.filter(pk=asked.photo_id).exists()
    assert storage.read(asked.photo.key)
