"""A search among whose results was a forbidden officer answers, to the byte, like one that found nobody.

With the real engine on officers who do not exist. The forbidden officer is one whose second department's permission
runs out by the calendar, between enrolment and search: the one way in which no trigger can come first.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from django.apps import apps

if not apps.is_installed("recognition"):
    pytest.skip("needs the recognition plugin", allow_module_level=True)

from rest_framework.test import APIClient

from officers.models import Department
from oversight import outbox
from oversight.models import AuditEvent, OutboxEntry
from recognition import gallery, identification
from recognition.models import Candidate, FaceTemplate, Identification
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
URL = "/api/v1/identifications/"
WHOLE_FACE = {"x": 60, "y": 60, "width": 280, "height": 320}
DAYS_LATER = 3


class Later(datetime):
    """The clock of the gate, some days on."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Later":
        return super().now(tz) + timedelta(days=DAYS_LATER)


def work(job: str, do: Any) -> None:
    for entry in OutboxEntry.objects.filter(job=job, state=OutboxEntry.State.WAITING):
        outbox.run(str(entry.pk), do)


def ask(api: APIClient, department: Department, number: int) -> str:
    """Ask about the second photo of one of the demo's officers. Returns the id of the question."""
    body = {
        "department": department.pk,
        "photo_id": str(factories.photo(department, jpeg=factories.picture(number, 2)).pk),
        **WHOLE_FACE,
    }
    response = api.post(URL, body, format="json")
    assert response.status_code == 202, response.content
    return str(response.json()["id"])


@pytest.fixture
def department() -> Department:
    """One officer is enrolled. They also work where the permission ends tomorrow."""
    here = factories.department(allowed=True)
    there = factories.department(allowed=True, due=datetime.now(UTC).date() + timedelta(days=1))
    officer = factories.officer(here, there)
    factories.face(officer, factories.photo(here, jpeg=factories.picture(1)))
    gallery.promise_enrolment({here.pk})
    work(gallery.ENROL, gallery.enrol)
    assert FaceTemplate.objects.count() == 1
    return here


def answer(api: APIClient, pk: str) -> bytes:
    """The answer's bytes and headers, without the id."""
    response = api.get(f"{URL}{pk}/")
    whole = f"{response.status_code} {sorted(response.headers.items())} {response.content.decode()}"
    return whole.replace(pk, "ID").encode()


def test_the_officer_is_found_while_everything_is_allowed(api: APIClient, department: Department) -> None:
    pk = ask(api, department, 1)
    work(identification.IDENTIFY, identification.run)
    shown = api.get(f"{URL}{pk}/").json()
    assert (shown["state"], shown["officers_searched"]) == ("done", 1)
    assert [c["words"] for c in shown["candidates"]] == ["Strong match"]


def test_voided_at_the_result_stage_looks_like_nobody_found(
    api: APIClient, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody, voided = ask(api, department, 2), ask(api, department, 1)
    entry_of = {
        entry.subject: str(entry.pk) for entry in OutboxEntry.objects.filter(job=identification.IDENTIFY)
    }
    outbox.run(entry_of[nobody], identification.run)
    monkeypatch.setattr("officers.jurisdiction.datetime", Later)
    outbox.run(entry_of[voided], identification.run)
    assert AuditEvent.objects.filter(action="search voided").count() == 1
    assert not Candidate.objects.exists()
    assert answer(api, voided) == answer(api, nobody)


def test_voided_at_the_show_stage_looks_like_nobody_found(
    api: APIClient, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody, voided = ask(api, department, 2), ask(api, department, 1)
    work(identification.IDENTIFY, identification.run)
    assert Identification.objects.get(pk=voided).candidates_found == 1
    monkeypatch.setattr("officers.jurisdiction.datetime", Later)
    assert answer(api, voided) == answer(api, nobody)
    assert AuditEvent.objects.filter(action="search voided").count() == 1
    assert not Candidate.objects.exists()
    assert answer(api, voided) == answer(api, nobody)
