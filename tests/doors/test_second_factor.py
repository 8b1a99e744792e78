"""Whoever decides for others shows a second factor; it is enrolled for oneself only, and kept encrypted."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from oversight import second_factor
from oversight.models import AuditEvent, User
from tests import factories
from tests.doors.helping import PASSWORD, WRONG, code, enrol, person, show_factor, sign_in

pytestmark = pytest.mark.django_db
INDEX, SHOW, SHOW_AGAIN = "mfa_index", "mfa_authenticate", "mfa_reauthenticate"


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def powerful() -> list[User]:
    return [person(User.Role.ADMIN), person(keeps=factories.department())]


def test_without_one_they_get_to_enrolling_and_no_further() -> None:
    for who in powerful():
        browser = Client()
        assert sign_in(browser, who)
        for page in ("home", "review", "jobs", "photo-queue"):
            assert browser.get(reverse(page)).url == reverse(INDEX), page  # type: ignore[attr-defined]
        assert browser.post(reverse("record-delete", args=["officer", 1])).url == reverse(INDEX)  # type: ignore[attr-defined]
        refused = browser.get(reverse("api-department-list"))
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
        assert browser.get(reverse(INDEX)).status_code == 200
        assert browser.get(reverse("account_logout")).status_code == 200


def test_with_one_the_password_alone_opens_nothing() -> None:
    for who in powerful():
        secret, browser = enrol(who), Client()
        assert sign_in(browser, who)
        assert browser.get(reverse("review")).url.startswith(reverse("account_login"))  # type: ignore[attr-defined]
        assert browser.post(reverse(SHOW), {"code": "000000"}).status_code == 200
        assert browser.get(reverse("review")).status_code == 302
        assert show_factor(browser, secret).status_code == 302
        assert browser.get(reverse("review")).status_code == 200


def test_a_session_from_before_enrolling_shows_it_first() -> None:
    (who, _), browser = powerful(), Client()
    browser.force_login(who)
    secret = enrol(who)
    asked = browser.get(reverse("review"))
    assert asked.url.startswith(reverse(SHOW_AGAIN))  # type: ignore[attr-defined]
    assert show_factor(browser, secret, SHOW_AGAIN).status_code == 302
    assert browser.get(reverse("review")).status_code == 200


def test_volunteers_and_visitors_are_asked_for_nothing() -> None:
    browser = Client()
    assert browser.get(reverse("home")).status_code == 200
    browser.force_login(person())
    assert browser.get(reverse("photo-queue")).status_code == 200


def test_becoming_powerful_asks_at_once() -> None:
    who, browser = person(), Client()
    browser.force_login(who)
    assert browser.get(reverse("home")).status_code == 200
    User.objects.filter(pk=who.pk).update(role=User.Role.ADMIN)
    assert browser.get(reverse("home")).status_code == 302


def test_the_administration_wants_one_shown_just_now(monkeypatch: pytest.MonkeyPatch) -> None:
    who = person(User.Role.ADMIN, is_staff=True, is_superuser=True)
    secret, browser, page = enrol(who), Client(), reverse("admin:oversight_user_changelist")
    assert sign_in(browser, who)
    assert show_factor(browser, secret).status_code == 302
    assert browser.get(page).status_code == 200
    monkeypatch.setattr(second_factor, "ADMINISTRATION_SECONDS", 0)
    assert browser.get(page).url.startswith(reverse(SHOW_AGAIN))  # type: ignore[attr-defined]
    assert browser.post(page).url.startswith(reverse(SHOW_AGAIN))  # type: ignore[attr-defined]


def test_the_administration_has_no_door_of_its_own(settings: Any) -> None:
    """Django's sign-in page would ask for a password only, as often as anybody likes."""
    settings.SECOND_FACTOR_REQUIRED = False
    who = person(User.Role.ADMIN, is_staff=True, is_superuser=True)
    browser = Client()
    for _ in range(2):
        answer = browser.post(reverse("admin:login"), {"username": who.email, "password": PASSWORD})
        assert answer.url.startswith(reverse("account_login"))  # type: ignore[attr-defined]
    assert browser.get(reverse("admin:index")).status_code == 302
    browser.force_login(who)
    assert browser.get(reverse("admin:password_change")).url == reverse("account_change_password")  # type: ignore[attr-defined]


def test_power_and_the_keys_are_both_needed_there(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    for who in (person(User.Role.ADMIN), person(is_staff=True, is_superuser=True)):
        browser = Client()
        browser.force_login(who)
        assert browser.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_code_is_good_once_and_guessing_is_slow() -> None:
    who = person(User.Role.ADMIN)
    secret, shown = enrol(who), Client()
    assert sign_in(shown, who)
    word = code(secret)
    assert shown.post(reverse(SHOW), {"code": word}).status_code == 302
    again = Client()
    assert sign_in(again, who)
    assert again.post(reverse(SHOW), {"code": word}).status_code == 200
    for _ in range(6):
        again.post(reverse(SHOW), {"code": "123456"})
    assert b"Too many" in again.post(reverse(SHOW), {"code": "654321"}).content


def test_nobody_enrols_or_removes_for_somebody_else() -> None:
    """SecureDrop's audit of 2024 found an id in that address. Here it is looked up among one's own, if there is one."""
    victim, thief = person(), person()
    secret = enrol(victim)
    key = Authenticator.objects.create(user=victim, type="webauthn", data={"name": "Key", "credential": {}})
    browser = Client()
    assert sign_in(browser, thief)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        for method in (browser.get, browser.post):
            assert method(reverse(name, args=[key.pk])).status_code == 404
    browser.post(reverse("mfa_deactivate_totp"), {"user": victim.pk, "user_id": victim.pk})
    browser.post(reverse("mfa_activate_totp"), {"user": victim.pk, "code": code(secret)})
    assert set(Authenticator.objects.filter(user=victim).values_list("type", flat=True)) == {
        "totp",
        "webauthn",
    }


def test_enrolling_asks_for_the_password_again_when_it_is_old(settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    who, browser = person(), Client()
    assert sign_in(browser, who)
    answer = browser.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))  # type: ignore[attr-defined]


def test_the_last_one_of_the_powerful_is_not_taken_away_by_them() -> None:
    admin, volunteer = person(User.Role.ADMIN), person()
    for who in (admin, volunteer):
        enrol(who)
    adapter = second_factor.Factors()
    can = [
        adapter.can_delete_authenticator(Authenticator.objects.get(user=who)) for who in (admin, volunteer)
    ]
    assert can == [False, True]


def test_an_admin_takes_a_lost_one_away_and_it_is_written_down(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    admin, who = person(User.Role.ADMIN, is_staff=True, is_superuser=True), person()
    enrol(who)
    lost, browser = Authenticator.objects.get(user=who), Client()
    browser.force_login(admin)
    assert browser.get(reverse("admin:mfa_authenticator_add")).status_code == 403
    page = browser.get(reverse("admin:mfa_authenticator_change", args=[lost.pk])).content.decode()
    assert lost.data["secret"] not in page
    browser.post(reverse("admin:mfa_authenticator_delete", args=[lost.pk]), {"post": "yes"})
    assert not Authenticator.objects.filter(user=who).exists()
    event = AuditEvent.objects.get(action="took a second factor away")
    assert (event.actor, event.subject_id) == (admin.username, str(who.pk))


def test_a_new_role_is_written_down() -> None:
    from oversight.admin import OversightUserAdmin

    assert "role" in str(OversightUserAdmin.fieldsets)
    admin, who = person(User.Role.ADMIN, is_staff=True, is_superuser=True), person()
    secret, browser = enrol(admin), Client()
    assert sign_in(browser, admin)
    show_factor(browser, secret)
    form = {"username": who.username, "email": who.email, "role": "admin", "is_active": "on"}
    assert browser.post(reverse("admin:oversight_user_change", args=[who.pk]), form).status_code == 302
    event = AuditEvent.objects.get(action="changed a role")
    assert (event.subject_id, event.facts["role"]) == (str(who.pk), "admin")


def test_secrets_are_encrypted_with_the_sites_key(settings: Any) -> None:
    who = person()
    secret = enrol(who)
    held = Authenticator.objects.get(user=who).data["secret"]
    assert held.startswith(second_factor.ENCRYPTED)
    assert secret not in held
    adapter = second_factor.Factors()
    assert adapter.decrypt(held) == secret
    assert adapter.decrypt(secret) == secret  # from before they were encrypted
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key" * 5, [old]
    assert adapter.decrypt(held) == secret


def test_a_wrong_password_never_gets_to_the_factor() -> None:
    who, browser = person(User.Role.ADMIN), Client()
    enrol(who)
    assert not sign_in(browser, who, WRONG)
    assert browser.get(reverse(SHOW)).status_code == 302


def test_a_production_site_without_it_is_warned(settings: Any) -> None:
    from oversight.checks import second_factors_are_required

    settings.PRODUCTION = True
    assert second_factors_are_required() == []
    settings.SECOND_FACTOR_REQUIRED = False
    assert [warning.id for warning in second_factors_are_required()] == ["oversight.W002"]
