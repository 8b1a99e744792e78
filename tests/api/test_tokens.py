"""Keys to the API: what is kept of them, what they open, and what closes them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from officers import tokens
from officers.models import ApiToken, Coordination, Officer
from officers.problems import NotPossible
from oversight import second_factor
from oversight.models import AuditEvent, User
from tests import factories
from tests.api.keys import add, change, keeper_of, program_of

pytestmark = pytest.mark.django_db
MINE = "/api/v1/record/officer/"


def shown_key(page: Any) -> str:
    return next(
        word for word in page.content.decode().replace("<", " ").replace(">", " ").split() if "ovs_" in word
    )


def test_a_key_is_shown_once_and_only_its_hash_is_kept() -> None:
    client, person = Client(), factories.user()
    client.force_login(person)
    page = client.post(reverse("token-new"), {"name": "reader", "days": "30"})
    key = shown_key(page)
    token = ApiToken.objects.get()
    assert (token.user, token.can_write, token.department) == (person, False, None)
    assert key not in str(ApiToken.objects.values().get())
    assert page["Cache-Control"] == "no-store"
    listed = client.get(reverse("tokens")).content.decode()
    assert "reader" in listed
    assert key not in listed
    assert [event.action for event in AuditEvent.objects.all()] == ["made an API key"]
    assert key not in str(AuditEvent.objects.values().get())


def test_who_keeps_something_shows_a_second_factor_before_a_key_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where, client = factories.department(), Client()
    client.force_login(keeper_of(where))
    form = {"name": "sync", "days": "30", "can_write": "yes", "department": where.pk}
    assert client.post(reverse("token-new"), form).status_code == 403
    monkeypatch.setattr(second_factor, "is_set_up", lambda _request: True)
    stale = client.post(reverse("token-new"), form)
    assert (stale.status_code, stale["Location"].split("?")[0]) == (302, reverse("mfa_reauthenticate"))
    assert not ApiToken.objects.exists()
    monkeypatch.setattr(second_factor, "is_fresh", lambda _request: True)
    assert client.post(reverse("token-new"), form).status_code == 200
    token = ApiToken.objects.get()
    assert (token.can_write, token.department) == (True, where)
    other = client.post(reverse("token-new"), {**form, "department": factories.department().pk})
    assert other.status_code == 400


def test_a_key_dies_when_it_is_revoked_runs_out_or_its_person_is_closed_out() -> None:
    where = factories.department()
    for end in ("revoke", "time", "password", "account"):
        person = keeper_of(where)
        api = program_of(person)
        assert api.get(MINE).status_code == 200
        token = ApiToken.objects.get(user=person)
        if end == "revoke":
            client = Client()
            client.force_login(person)
            client.post(reverse("token-revoke", args=[token.pk]))
        elif end == "time":
            ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        elif end == "password":
            person.set_password("correct horse battery staple")
            person.save()
        else:
            User.objects.filter(pk=person.pk).update(is_active=False)
        refused = api.get(MINE)
        assert (refused.status_code, refused.json()["code"]) == (401, "token_unknown"), end
        assert refused["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer \xff", f"Bearer {'x' * 500}", "bearer ovs_"]
)
def test_a_wrong_key_is_refused_everywhere_rather_than_taken_for_nobodys(api: APIClient, header: str) -> None:
    for url in (MINE, "/api/v1/officers/"):
        refused = api.get(url, HTTP_AUTHORIZATION=header)
        assert (refused.status_code, refused.json()["code"]) == (401, "token_unknown")


def test_the_record_is_kept_by_key_alone_never_by_a_browsers_session() -> None:
    where, client = factories.department(), Client()
    client.force_login(keeper_of(where))
    for method in ("get", "post"):
        refused = getattr(client, method)(MINE)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


def test_a_key_that_reads_writes_nothing() -> None:
    where = factories.department()
    officer = factories.officer(where, first_name="Kim")
    api = program_of(keeper_of(where), writes=False)
    assert api.get(f"{MINE}{officer.pk}/").status_code == 200
    for refused in (
        change(api, officer, first_name="Lee"),
        add(api, "unit", where, name="North"),
        api.delete(f"{MINE}{officer.pk}/"),
        api.post("/api/v1/photos/", {}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "token_reads_only")
    assert Officer.objects.get().first_name == "Kim"


def test_a_key_of_one_department_opens_no_other_and_makes_nobody_an_admin() -> None:
    here, there = factories.department(), factories.department()
    mine, other = factories.officer(here), factories.officer(there)
    both = factories.officer(here, there)
    for person in (keeper_of(here, there), factories.user(User.Role.ADMIN)):
        api = program_of(person, only=here)
        assert [row["id"] for row in api.get(MINE).json()["results"]] == [mine.pk, both.pk]
        assert change(api, mine, first_name="Lee").status_code == 200
        assert change(api, other, first_name="Lee").status_code == 404
        assert api.delete(f"{MINE}{both.pk}/", HTTP_IF_MATCH="*").status_code == 403
        assert add(api, "department", name="New", short_name="New", state="OH").status_code == 403
        assert add(api, "assignment", mine, department=there.pk).status_code == 400
        assert program_of(person).get(f"{MINE}{other.pk}/").status_code == 200


def test_what_a_person_loses_their_keys_lose_at_once() -> None:
    where = factories.department()
    officer, person = factories.officer(where), keeper_of(where)
    api = program_of(person)
    Coordination.objects.filter(user=person).delete()
    assert change(api, officer, first_name="Lee").status_code == 404


def test_a_person_has_a_limited_number_of_keys_and_volunteers_none_that_write() -> None:
    person = factories.user()
    with pytest.raises(NotPossible):
        tokens.make(by=person, name="x", days=1, can_write=True)
    for _ in range(tokens.MOST_TOKENS):
        tokens.make(by=person, name="x", days=10**4)
    with pytest.raises(NotPossible):
        tokens.make(by=person, name="x", days=1)
    latest = ApiToken.objects.first()
    assert latest is not None
    assert latest.expires_at < timezone.now() + timedelta(days=tokens.LONGEST_DAYS + 1)
