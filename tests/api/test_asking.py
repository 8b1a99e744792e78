"""POST identifications/: the gate comes first, and a refusal measures, keeps and promises nothing."""

import pytest
from django.apps import apps

if not apps.is_installed("recognition"):
    pytest.skip("needs the recognition plugin", allow_module_level=True)

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from officers.models import Photo
from oversight.models import OutboxEntry
from recognition import engine
from recognition.models import Identification
from tests import factories
from tests.api.questions import BOX, URL, ask, url

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


@pytest.mark.parametrize("named_as", ["upload", "id"])
def test_a_refused_department_measures_stores_and_promises_nothing(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, named_as: str
) -> None:
    calls: list[object] = []
    real = engine.measure

    def spy(**given: Any) -> engine.Template:
        calls.append(given)
        return real(**given)

    monkeypatch.setattr(engine, "measure", spy)
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


def test_the_same_question_twice_is_one_question(api: APIClient) -> None:
    department = factories.department(allowed=True)
    first, again = ask(api, department), ask(api, department)
    assert first.json() == again.json()
    assert Identification.objects.count() == Photo.objects.count() == 1


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
