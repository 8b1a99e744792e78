"""Requests to take something down: taken from anybody, answered in time, with every step on record and nobody named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from officers import holds, takedowns, tickets
from officers.models import Face, Hold, Officer, Photo, Takedown
from oversight.models import AuditEvent, User
from tests import factories
from tests.officers.world import World

pytestmark = pytest.mark.django_db
ANSWER = "We have taken the photo down, because you were a bystander."
WHY = "My son is in it, he is called Timothy."
CONTACT = "timothys-mother@example.org"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def admin() -> User:
    return factories.user(User.Role.ADMIN)


def ask(links: str = "https://example.org/officers/1/") -> tuple[Takedown, str]:
    code = takedowns.ask(asker="parent", links=links, why=WHY, contact=CONTACT)
    return Takedown.objects.get(code_hash=tickets.code_hash(code)), code


def links_of(world: World) -> str:
    return f"http://x/officers/{world.officer.pk}/\nhttp://x/faces/{world.face.pk}.jpg"


def test_anybody_asks_and_comes_back_with_a_code(client: Client) -> None:
    data = {"asker": "parent", "links": "/officers/3/", "why": "My child is in it.", "contact": CONTACT}
    response = client.post(reverse("takedown"), data)
    page = client.get(response["Location"]).content.decode()
    due = timezone.now() + timedelta(days=10)
    assert "It waits for an administrator" in page
    assert f"{due:%B %Y}" in page
    assert CONTACT not in page
    assert "My child" not in page
    assert "sessionid" not in client.cookies


def test_a_slip_keeps_what_was_typed(client: Client) -> None:
    data = {"links": "/officers/3/", "why": "Ring me: 555-012-3456", "contact": CONTACT}
    response = client.post(reverse("takedown"), data)
    text = response.content.decode()
    assert response.status_code == 400
    assert all(words in text for words in ("Choose who you are", "Ring me", CONTACT, "Take that out"))
    assert not Takedown.objects.exists()


def test_admins_are_told_that_there_is_one_and_not_what(
    admin: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        request, code = ask()
    (sent,) = mail.outbox
    text = f"{sent.subject} {sent.body}"
    assert sent.to == [admin.email]
    assert f"Request {request.pk}" in text
    assert not any(secret in text for secret in (code, "Timothy", CONTACT, "/officers/1/"))


def test_links_are_followed_to_what_is_in_the_record(world: World) -> None:
    text = (
        f"{links_of(world)}\nhttp://x/photos/{world.waiting.photo_id}/ /officers/99999999 {world.question.pk}"
    )
    found = takedowns.named(ask(text)[0])
    assert found.officers == (world.officer,)
    assert set(found.photos) == {world.kept, world.waiting.photo}, "never somebody's open question"


def test_an_admin_hides_all_of_it_and_only_an_admin_shows_it_again(world: World, admin: User) -> None:
    request, _ = ask(links_of(world))
    assert takedowns.hide(request=request, by=admin) == 2
    assert takedowns.hide(request=request, by=admin) == 0
    assert not Officer.objects.public().filter(pk=world.officer.pk).exists()
    assert not Photo.objects.kept().filter(pk=world.kept.pk).exists()
    coordinator = world.a.coordinations.create(user=factories.user()).user
    for hold in Hold.objects.all():
        with pytest.raises(PermissionDenied):
            holds.end(hold=hold, by=coordinator)
        holds.end(hold=hold, by=admin)
    assert Face.objects.confirmed().filter(pk=world.face.pk).exists(), (
        "and is looked at again before it is public"
    )


def test_an_admin_deletes_at_once(world: World, admin: User) -> None:
    request, _ = ask(f"/faces/{world.face.pk}.jpg")
    assert takedowns.delete_photos(request=request, by=admin) == 1
    assert not Photo.objects.filter(pk=world.kept.pk).exists()


@pytest.mark.parametrize("act", [takedowns.take, takedowns.hide, takedowns.delete_photos])
def test_only_admins_act(world: World, act: Callable[..., Any]) -> None:
    request, _ = ask(links_of(world))
    coordinator = world.a.coordinations.create(user=factories.user()).user
    with pytest.raises(PermissionDenied):
        act(request=request, by=coordinator)
    with pytest.raises(PermissionDenied):
        takedowns.answer(request=request, by=coordinator, text=ANSWER)
    assert not Hold.objects.exists()
    assert Photo.objects.filter(pk=world.kept.pk).exists()


def test_the_answer_is_read_with_the_code_and_closes_it(admin: User, client: Client) -> None:
    request, code = ask()
    with pytest.raises(ValidationError, match="Write what was done"):
        takedowns.answer(request=request, by=admin, text="Done.")
    takedowns.answer(request=request, by=admin, text=ANSWER)
    assert ANSWER in client.get(reverse("ticket", args=[code])).content.decode()
    with pytest.raises(ValidationError, match="answered already"):
        takedowns.hide(request=request, by=admin)


def test_every_step_is_on_record_and_names_nobody(world: World, admin: User) -> None:
    request, code = ask(links_of(world))
    takedowns.take(request=request, by=admin)
    takedowns.hide(request=request, by=admin)
    takedowns.delete_photos(request=request, by=admin)
    takedowns.answer(request=request, by=admin, text=ANSWER)
    rows = AuditEvent.objects.filter(subject="takedown", subject_id=str(request.pk)).order_by("pk")
    assert [row.action for row in rows] == [
        "asked to take something down",
        "took a request",
        "hid what a request names",
        "deleted what a request names",
        "answered a request",
    ]
    everything = str(list(AuditEvent.objects.values()))
    assert not any(secret in everything for secret in (code, "Timothy", CONTACT, ANSWER))


def test_late_ones_come_first_and_answered_ones_last(world: World, admin: User) -> None:
    answered, late, new = (ask()[0] for _ in range(3))
    takedowns.answer(request=answered, by=admin, text=ANSWER)
    Takedown.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    text = world.client("admin").get(reverse("takedowns")).content.decode()
    places = [text.index(f"Request {row.pk}<") for row in (late, new, answered)]
    assert places == sorted(places)
    assert text.count(">late<") == 1


def test_the_list_costs_the_same_for_two_and_for_twenty(
    world: World, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = world.client("admin")
    for _ in range(20):
        ask(links_of(world))
    with django_assert_max_num_queries(6):
        client.get(reverse("takedowns"))


def test_an_admin_answers_on_the_page_and_a_slip_keeps_the_answer(world: World) -> None:
    request, code = ask(links_of(world))
    client, url = world.client("admin"), reverse("takedown-request", args=[request.pk])
    assert CONTACT in client.get(url).content.decode()
    slip = client.post(url, {"act": "answer", "answer": "Too short"})
    assert (slip.status_code, ">Too short</textarea>" in slip.content.decode()) == (400, True)
    assert client.post(url, {"act": "hide"}).status_code == 302
    assert client.post(url, {"act": "answer", "answer": ANSWER}).status_code == 302
    assert ANSWER in Client().get(reverse("ticket", args=[code])).content.decode()


def test_what_was_written_and_how_to_reach_them_goes_some_days_later(admin: User) -> None:
    request, _ = ask()
    Takedown.objects.update(received_at=timezone.now() - timedelta(days=400))
    assert tickets.forget_words() == 0, "never before it is answered"
    takedowns.answer(request=request, by=admin, text=ANSWER)
    Takedown.objects.update(ended_at=timezone.now() - timedelta(days=31))
    assert tickets.forget_words() == 1
    request.refresh_from_db()
    assert (request.links, request.why, request.contact, request.answer) == ("", "", "", ANSWER)


def test_a_code_is_typed_as_people_type(client: Client) -> None:
    _, code = ask()
    response = client.post(reverse("enter-code"), {"code": f" {code.upper().replace('-', ' ')} "})
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    assert client.post(reverse("enter-code"), {"code": "abcd-efgh"}).status_code == 404
