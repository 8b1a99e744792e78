"""Over HTTP too, nobody's face is measured who is not taken for police."""

import pytest
from django.apps import apps

if not apps.is_installed("recognition"):
    pytest.skip("needs the recognition plugin", allow_module_level=True)

from typing import Any

from rest_framework.test import APIClient

from officers import sorting
from officers.models import Photo
from oversight.models import OutboxEntry
from recognition import engine, identification, police, volunteers
from recognition.models import Identification
from tests import factories
from tests.api.questions import BOX, URL, ask, url
from tests.recognition.searching import work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


@pytest.fixture(autouse=True)
def strict(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ATTESTATION_IS_ENOUGH = False
    monkeypatch.setattr(police, "_model_is_sure", lambda *_: False)


def test_without_a_say_so_the_answer_is_a_stable_code_and_nothing_is_measured(api: APIClient) -> None:
    department, before = factories.department(allowed=True), engine.measured
    assert ask(api, department).status_code == 202
    work(identification.IDENTIFY)
    answer = api.get(url(Identification.objects.get())).json()
    assert (answer["state"], answer["reason"]) == ("unusable", "police_not_confirmed")
    assert "No face was measured" in answer["detail"]
    assert answer["candidates"] == []
    assert engine.measured == before


def test_with_leave_a_volunteer_is_asked_and_the_same_question_goes_on(api: APIClient) -> None:
    department = factories.department(allowed=True)
    ask(api, department)
    work(identification.IDENTIFY)
    assert ask(api, department, volunteer_may_look="true").status_code == 202
    work(identification.IDENTIFY)
    asked, before = Identification.objects.get(), engine.measured
    assert api.get(url(asked)).json()["state"] == "asking"
    assert api.post(url(asked, "none/")).json()["code"] == "not_ready"
    assert volunteers.say(look=volunteers.waiting().get(), answer="yes", by=factories.user())
    work(identification.IDENTIFY)
    assert api.get(url(asked)).json()["state"] == "done"
    assert engine.measured == before + 1


@pytest.mark.parametrize("named_as", ["upload", "id"])
def test_a_volunteers_no_refuses_the_question(api: APIClient, named_as: str) -> None:
    department = factories.department(allowed=True)
    held = factories.photo(department, jpeg=factories.picture(1))
    sorting.decide(photo=held, police=Photo.Police.NO, by=factories.user())
    if named_as == "upload":
        response = ask(api, department)
    else:
        response = api.post(
            URL, {"department": department.pk, "photo_id": str(held.pk), **BOX}, format="json"
        )
    assert (response.status_code, response.json()["code"]) == (409, "police_not_confirmed")
    assert not Identification.objects.exists()
    assert not OutboxEntry.objects.filter(job=identification.IDENTIFY).exists()
    assert list(Photo.objects.all()) == [held]
