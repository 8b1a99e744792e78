"""Proof of work: asked of nobody's eyes, good once, in time, ours; and without scripts there is a slower way."""

import base64
import json
from typing import Any

import pytest
from altcha import v1
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as Away

from officers.models import Department, Photo
from oversight import proof, queues
from oversight.models import OutboxEntry, User
from oversight.throttles import SparingThrottle
from tests import factories
from tests.doors.helping import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PROOF_NUMBER = 1000
    monkeypatch.setitem(SparingThrottle.THROTTLE_RATES, "unproven", "2/hour")


def solved(challenge: dict[str, Any], /, **changed: Any) -> str:
    """What a browser answers."""
    solution = v1.solve_challenge(
        challenge["challenge"], challenge["salt"], "SHA-256", challenge["maxNumber"]
    )
    assert solution is not None
    told = {**challenge, "number": solution.number, **changed}
    return base64.b64encode(json.dumps(told).encode()).decode()


def test_a_solved_challenge_of_ours_is_good_once() -> None:
    answer = solved(proof.challenge())
    assert proof.is_proven(answer)
    assert not proof.is_proven(answer)


def test_another_spelling_of_the_same_answer_is_the_same_answer() -> None:
    challenge = proof.challenge()
    assert proof.is_proven(solved(challenge))
    assert not proof.is_proven(solved(challenge, more="words"))


@pytest.mark.parametrize("field", ["challenge", "salt", "signature", "number"])
def test_a_changed_answer_is_none(field: str) -> None:
    assert not proof.is_proven(solved(proof.challenge(), **{field: "1"}))


@pytest.mark.parametrize("junk", ["", "x", "e30=", "bnVsbA==", "W10=", "IjEi", "A" * 3000, "{}", "\ud7ff"])
def test_junk_is_no_answer(junk: str) -> None:
    assert not proof.is_proven(junk)


def test_yesterdays_and_other_sites_challenges_are_none(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(proof, "GOOD_FOR", -proof.GOOD_FOR)
        assert not proof.is_proven(solved(proof.challenge()))
    ours = solved(proof.challenge())
    settings.SECRET_KEY = "another site's key" * 3
    assert not proof.is_proven(ours)


def test_when_counting_is_away_an_answer_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise Away

    monkeypatch.setattr(cache, "add", away)
    assert proof.is_proven(solved(proof.challenge()))


def join(name: str, answer: str = "") -> int:
    form = {"email": f"{name}@example.org", "username": name, "password1": PASSWORD, "altcha": answer}
    return Client().post(reverse("account_signup"), form).status_code


def test_joining_without_scripts_is_slower_and_with_them_is_not() -> None:
    assert [join(f"plain{number}") for number in range(3)] == [302, 302, 200]
    page = Client().get(reverse("account_signup")).context["form"]
    challenge = json.loads(page["altcha"].field.widget.attrs["data-challenge"])
    assert join("proven", solved(challenge)) == 302
    assert User.objects.filter(username="proven").exists()
    assert not User.objects.filter(username="plain2").exists()


def test_the_page_holds_a_challenge_and_no_other_host() -> None:
    page = Client().get(reverse("account_signup")).content.decode()
    assert 'data-worker="/static/oversight/js/proof-worker.js"' in page
    assert "https://" not in page.split("<main")[1]


def wait_for(photos: int) -> None:
    """So many photos are in the queue."""
    OutboxEntry.objects.bulk_create(
        OutboxEntry(job="x", subject=str(number), queue=queues.PHOTOS, due_at=timezone.now())
        for number in range(photos)
    )


def send(client: Client, department: Department, **more: str) -> int:
    photo = SimpleUploadedFile("a.jpg", factories.picture(), "image/jpeg")
    answer = client.post(reverse("photo-submit"), {"department": department.pk, "photos": photo, **more})
    return answer.status_code


def test_strangers_send_photos_unasked_until_there_are_too_many(settings: Any) -> None:
    settings.PROOF_AT_PHOTOS_WAITING = 5
    department = factories.department()
    wait_for(4)
    assert Client().get(reverse("photo-submit")).context["form"].fields.keys() == {"department", "photos"}
    OutboxEntry.objects.all().delete()
    wait_for(5)
    assert [send(Client(), department) for _ in range(3)] == [302, 302, 503]
    form = Client().get(reverse("photo-submit")).context["form"]
    answer = solved(json.loads(form["altcha"].field.widget.attrs["data-challenge"]))
    assert send(Client(), department, altcha=answer) == 302
    volunteer = Client()
    volunteer.force_login(person())
    assert send(volunteer, department) == 302
    assert Photo.objects.count() == 4


def test_programs_are_slowed_by_the_same_count(settings: Any) -> None:
    settings.PROOF_AT_PHOTOS_WAITING = 1
    wait_for(1)
    department, codes = factories.department(), []
    for _ in range(3):
        photo = SimpleUploadedFile("a.jpg", factories.picture(), "image/jpeg")
        answer = Client().post(reverse("api-photo-list"), {"department": department.pk, "photo": photo})
        codes.append((answer.status_code, answer.json().get("code", "")))
    assert codes == [(202, ""), (202, ""), (503, "too_many_photos")]


def test_by_default_nobody_is_asked_about_photos() -> None:
    wait_for(50)
    assert "altcha" not in Client().get(reverse("photo-submit")).content.decode()
