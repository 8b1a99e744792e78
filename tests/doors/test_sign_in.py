"""Passwords: guessing is slow, nobody is locked out by somebody else's guesses, and what ends a session ends it."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from redis import Redis

from oversight import accounts
from oversight.models import User
from tests.doors.helping import PASSWORD, WRONG, person, sign_in
from tests.services import Services

pytestmark = pytest.mark.django_db
NEW = "another-long-password"
MOST = 5  # wrong passwords for one account from one place, in five minutes


def guess(who: User, times: int = MOST, network: str = "203.0.113.7", client: Client | None = None) -> None:
    for _ in range(times):
        assert not sign_in(client or Client(), who, WRONG, network)


def is_in(client: Client) -> bool:
    return client.get(reverse("account_email")).status_code == 200


def test_guessing_is_slow_even_with_the_right_word_at_last() -> None:
    who = person()
    guess(who)
    assert not sign_in(Client(), who, PASSWORD, "203.0.113.7")


def test_the_same_network_is_slow_whatever_it_says_of_itself() -> None:
    """A visitor writes any X-Forwarded-For; it is believed only behind a proxy of ours."""
    who = person()
    for number in range(MOST):
        Client().post(
            reverse("account_login"),
            {"login": who.email, "password": WRONG},
            REMOTE_ADDR="203.0.113.7",
            HTTP_X_FORWARDED_FOR=f"192.0.2.{number}",
        )
    assert not sign_in(Client(), who, PASSWORD, "203.0.113.7")


def test_one_household_of_ipv6_is_one_network() -> None:
    who = person()
    for number in range(MOST):
        guess(who, 1, f"2001:db8:1:2::{number + 1:x}")
    assert not sign_in(Client(), who, PASSWORD, "2001:db8:1:2::ffff")
    assert sign_in(Client(), who, PASSWORD, "2001:db8:1:3::1")


def test_whoever_is_guessed_at_still_gets_in() -> None:
    who = person()
    guess(who)
    assert sign_in(Client(), who, PASSWORD, "198.51.100.9")


def test_ones_own_browser_gets_in_from_the_very_network_of_the_guesser() -> None:
    who, browser = person(), Client()
    assert sign_in(browser, who)
    browser.post(reverse("account_logout"))
    guess(who)
    assert sign_in(browser, who, PASSWORD, "203.0.113.7")


def test_guesses_from_everywhere_stop_strangers_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "STRANGERS", {"strangers": "10/d/key"})
    who, browser = person(), Client()
    assert sign_in(browser, who)
    browser.post(reverse("account_logout"))
    for number in range(10):
        guess(who, 1, f"203.0.113.{number + 1}")
    assert not sign_in(Client(), who, PASSWORD, "198.51.100.77")
    assert sign_in(browser, who, PASSWORD, "198.51.100.78")


def test_a_browser_known_to_one_account_is_a_stranger_to_another() -> None:
    who, guesser, browser = person(), person(), Client()
    assert sign_in(browser, guesser)
    browser.post(reverse("account_logout"))
    guess(who, client=browser)
    assert not sign_in(browser, who, PASSWORD, "203.0.113.7")
    assert accounts.account_name(who.email) not in browser.cookies[accounts.COOKIE].value


def test_a_new_password_by_mail_ends_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "STRANGERS", {"strangers": "3/d/key"})
    who = person()
    guess(who, 3)
    Client().post(reverse("account_reset_password"), {"email": who.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    browser = Client()
    form = browser.get(link, follow=True)
    browser.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert sign_in(Client(), who, NEW, "203.0.113.7")


def test_whether_an_account_exists_is_not_told() -> None:
    who, pages = person(), []
    for login in (who.email, "nobody@example.org"):
        page = Client().post(reverse("account_login"), {"login": login, "password": WRONG})
        pages.append(page.content.decode().replace(login, ""))
    assert pages[0].split("csrfmiddlewaretoken")[0] == pages[1].split("csrfmiddlewaretoken")[0]
    Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert who.email not in "".join(str(letter.body) for letter in mail.outbox)


def test_no_address_lies_in_the_cache(services: Services) -> None:
    who = person()
    guess(who, 2, "203.0.113.201")
    Client().get(reverse("api-department-list"), REMOTE_ADDR="203.0.113.201")
    with Redis.from_url(services.locations.redis_url()) as valkey:
        held = b" ".join(valkey.keys())
        assert b"login_failed" in held
        assert b"throttle" in held
        assert b"203.0.113" not in held
        assert who.email.encode() not in held


def test_signing_out_is_a_press_and_not_a_link() -> None:
    who, browser = person(), Client(enforce_csrf_checks=True)
    browser.force_login(who)
    assert browser.get(reverse("account_logout")).status_code == 200
    assert is_in(browser)
    assert browser.post(reverse("account_logout")).status_code == 403  # without the form's own token
    assert is_in(browser)
    csrf = browser.get(reverse("account_logout")).cookies["csrftoken"].value
    browser.post(reverse("account_logout"), {"csrfmiddlewaretoken": csrf})
    assert not is_in(browser)


def test_a_changed_password_ends_every_other_session() -> None:
    who, here, elsewhere = person(), Client(), Client()
    assert sign_in(here, who)
    assert sign_in(elsewhere, who)
    changed = here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert changed.status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_a_session_is_new_after_signing_in() -> None:
    who, browser = person(), Client()
    browser.session.save()
    browser.get(reverse("account_login"))
    before = browser.session.session_key
    assert sign_in(browser, who)
    assert browser.session.session_key != before


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012345"])
def test_weak_passwords_are_not_taken(weak: str) -> None:
    who, browser = person(), Client()
    browser.force_login(who)
    browser.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    who.refresh_from_db()
    assert who.check_password(PASSWORD)


def test_passwords_are_kept_by_argon2() -> None:
    from oversight import settings as ours  # what the site uses, not what these tests do

    assert ours.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_a_new_account_may_have_to_wait_for_an_admin(settings: object) -> None:
    settings.APPROVE_ACCOUNTS = True  # type: ignore[attr-defined]
    browser = Client()
    browser.post(
        reverse("account_signup"), {"email": "a@example.org", "username": "anew", "password1": PASSWORD}
    )
    assert User.objects.get(username="anew").is_active is False
    assert not is_in(browser)
