"""POST and GET identifications/: the gate comes first, a refusal keeps nothing, answers are counted once."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

if not apps.is_installed("recognition"):
    pytest.skip("needs the recognition plugin", allow_module_level=True)

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from officers.models import Department, Face, Officer, Photo
from oversight import storage
from oversight.models import AuditEvent, OutboxEntry
from recognition import engine
from recognition.models import Candidate, Identification
from tests import factories
from tests.api.conftest import CALLERS

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
URL = "/api/v1/identifications/"
BOX = {"x": 60, "y": 60, "width": 240, "height": 300}


def ask(api: APIClient, department: Department | int, data: bytes | None = None, **more: Any) -> Any:
    photo = SimpleUploadedFile("street.jpg", data if data is not None else factories.picture(1))
    return api.post(URL, {"photo": photo, "department": getattr(department, "pk", department), **BOX, **more})


def found(department: Department, *officers: Officer, **fields: Any) -> Identification:
    """A question that is done, with these officers as candidates."""
    photo = factories.photo(department, expires_at=timezone.now() + timedelta(hours=24))
    asked = Identification.objects.create(
        photo=photo,
        department=department,
        x=10,
        y=10,
        width=80,
        height=80,
        **{
            "state": "done",
            "officers_searched": 3,
            "candidates_found": len(officers),
            "expires_at": photo.expires_at,
            **fields,
        },
    )
    for number, officer in enumerate(officers, start=1):
        face = factories.face(officer, factories.photo(department))
        Candidate.objects.create(
            identification=asked, officer=officer, face=face, number=number, chance=0.93 / number
        )
    return asked


def url(asked: Identification, verb: str = "") -> str:
    return f"{URL}{asked.pk}/{verb}"


# --- Asking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named_as", ["upload", "id"])
def test_a_refused_department_measures_stores_and_promises_nothing(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, named_as: str
) -> None:
    calls: list[object] = []
    monkeypatch.setattr(engine, "measure", lambda **given: calls.append(given))
    measured = engine.measured
    unallowed, illinois = factories.department(), factories.department(state="IL")
    held = factories.photo(factories.department(allowed=True))
    codes = []
    for department in (unallowed, illinois):
        if named_as == "upload":
            response = ask(api, department)
        else:
            body = {"department": department.pk, "photo_id": str(held.pk), **BOX}
            response = api.post(URL, body, format="json")
        assert response.status_code == 403
        assert set(response.json()) == {"code", "detail"}
        codes.append(response.json()["code"])
    assert codes == ["department_not_allowed", "place_prohibited"]
    assert list(Photo.objects.all()) == [held]
    assert not OutboxEntry.objects.exists()
    assert not Identification.objects.exists()
    assert calls == []
    assert engine.measured == measured


def test_the_gate_is_asked_before_the_photo_is_opened(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("officers.submissions.rebuild_in_cage", lambda data: opened.append(data))
    response = ask(api, factories.department(state="IL"), b"not a photo at all", width=1)
    assert (response.status_code, response.json()["code"]) == (403, "place_prohibited")
    assert opened == []


def test_a_question_is_taken_in_with_its_photo_for_a_day(api: APIClient) -> None:
    department = factories.department(allowed=True)
    response = ask(api, department)
    asked = Identification.objects.get()
    assert response.status_code == 202
    assert response.json() == {
        "id": str(asked.pk),
        "state": "waiting",
        "url": f"http://testserver{url(asked)}",
    }
    assert tuple(asked.box) == (60, 60, 240, 300)
    assert asked.photo.expires_at is not None
    left = asked.photo.expires_at - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    assert OutboxEntry.objects.get(job="workers.faces.identify").subject == str(asked.pk)


def test_a_photo_sent_before_can_be_asked_about(api: APIClient) -> None:
    department = factories.department(allowed=True)
    photo = factories.photo(department)
    body = {"department": department.pk, "photo_id": str(photo.pk), "x": 1, "y": 2, "width": 30, "height": 40}
    response = api.post(URL, body, format="json")
    assert response.status_code == 202
    asked = Identification.objects.get()
    assert (asked.photo, tuple(asked.box)) == (photo, (1, 2, 30, 40))


@pytest.mark.parametrize(
    ("box", "fields"),
    [
        ({"x": -1}, {"x"}),
        ({"y": "high"}, {"y"}),
        ({"width": 7}, {"width"}),
        ({"height": 7}, {"height"}),
        ({"x": 121}, {"width"}),
        ({"y": 151, "x": 10**30}, {"width", "height"}),
    ],
)
def test_a_box_outside_or_too_small_is_a_form_error_and_keeps_nothing(
    api: APIClient, box: dict[str, Any], fields: set[str]
) -> None:
    """The picture is 360 x 450; BOX ends at 300, 360."""
    response = ask(api, factories.department(allowed=True), **box)
    assert (response.status_code, set(response.json()["fields"])) == (400, fields)
    assert not Photo.objects.exists()
    assert not Identification.objects.exists()


def test_a_box_up_to_the_edge_is_in_the_photo(api: APIClient) -> None:
    response = ask(api, factories.department(allowed=True), x=352, y=442, width=8, height=8)
    assert response.status_code == 202


def test_a_photo_that_others_hold_survives_a_bad_box(api: APIClient) -> None:
    department = factories.department(allowed=True)
    held = factories.photo(department, jpeg=factories.picture(1))
    assert ask(api, department, x=9999).status_code == 400
    assert list(Photo.objects.all()) == [held]


@pytest.mark.parametrize("named_as", ["both", "neither", "unknown", "over"])
def test_exactly_one_photo_must_be_named(api: APIClient, named_as: str) -> None:
    department = factories.department(allowed=True)
    over = factories.photo(department, expires_at=timezone.now() - timedelta(seconds=1))
    body: dict[str, Any] = {"department": department.pk, **BOX}
    if named_as == "both":
        body |= {"photo": SimpleUploadedFile("a.jpg", factories.picture(1)), "photo_id": str(over.pk)}
    elif named_as != "neither":
        body["photo_id"] = str(over.pk if named_as == "over" else uuid.uuid4())
    response = api.post(URL, body)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert not Identification.objects.exists()


def test_intake_refuses_in_the_same_words_as_for_the_record(api: APIClient) -> None:
    response = ask(api, factories.department(allowed=True), b"hello")
    assert (response.status_code, response.json()["code"]) == (400, "not_a_photo")
    assert not Photo.objects.exists()


def test_a_photo_with_an_illinois_past_is_refused_in_an_allowed_department(api: APIClient) -> None:
    held = factories.photo(factories.department(state="IL"), jpeg=factories.picture(1))
    allowed = factories.department(allowed=True)
    for response in (
        ask(api, allowed),
        api.post(URL, {"department": allowed.pk, "photo_id": str(held.pk), **BOX}, format="json"),
    ):
        assert response.status_code == 403
        assert response.json()["code"] in {"place_prohibited", "photo_prohibited"}
    assert not Identification.objects.exists()


def test_a_new_photo_that_the_gate_refuses_is_not_kept(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("officers.submissions.near_illinois", lambda *_: True)
    located = factories.picture(1)
    monkeypatch.setattr("officers.submissions.rebuild_in_cage", with_position(located))
    response = ask(api, factories.department(allowed=True), located)
    assert (response.status_code, response.json()["code"]) == (403, "photo_prohibited")
    assert not Photo.objects.exists()


def with_position(data: bytes) -> Callable[[bytes], Any]:
    """Intake's answer to a photo that says it was taken in Springfield, Illinois."""
    from dataclasses import replace

    from privacy.photos import rebuild

    clean = replace(rebuild(data), position=(39.8, -89.65))
    return lambda _: clean


# --- Looking --------------------------------------------------------------------------------------------------


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
        with django_assert_num_queries(own + 18) as captured:
            assert len(client.get(url(asked)).json()["candidates"]) == asked.candidates_found
        costs.append(len(captured))
    assert costs[0] == costs[1]


# --- Answering ------------------------------------------------------------------------------------------------


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


# --- Forgetting -----------------------------------------------------------------------------------------------


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
