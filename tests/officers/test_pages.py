"""What the pages do with what people type, how many queries they cost, and what they refuse to read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from officers.models import Department, Face, Officer, Photo
from tests import factories
from tests.officers.world import World

pytestmark = pytest.mark.django_db
TOO_LONG = 81 * 2**20


def upload(data: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


class TestSending:
    URL = "/send/"

    def test_photos_are_taken_without_an_account(self, client: Client) -> None:
        where = factories.department()
        photos = [upload(factories.picture(1)), upload(factories.picture(2))]
        response = client.post(self.URL, {"department": where.pk, "photos": photos})
        assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("photo-thanks"))
        assert set(Photo.objects.values_list("department", flat=True)) == {where.pk}
        assert Photo.objects.count() == 2
        assert "sessionid" not in client.cookies

    def test_what_cannot_be_taken_is_named_and_the_rest_is_kept(self, client: Client) -> None:
        where = factories.department()
        photos = [upload(b"no photo", "notes<b>.txt"), upload(factories.picture(1), "good.jpg")]
        response = client.post(self.URL, {"department": where.pk, "photos": photos})
        text = response.content.decode()
        assert response.status_code == 400
        assert "notes&lt;b&gt;.txt" in text
        assert "notes<b>" not in text
        assert Photo.objects.count() == 1
        assert f'value="{where.pk}" selected' in text

    @pytest.mark.parametrize("missing", ["photos", "department"])
    def test_a_mistake_keeps_what_was_typed(self, client: Client, missing: str) -> None:
        where = factories.department()
        whole = {"department": where.pk, "photos": upload(factories.picture(1))}
        response = client.post(self.URL, {name: value for name, value in whole.items() if name != missing})
        assert response.status_code == 400
        assert not Photo.objects.exists()
        chosen = f'value="{where.pk}" selected' in response.content.decode()
        assert chosen == (missing == "photos")

    def test_a_hidden_department_takes_no_photos(self, client: Client) -> None:
        hidden = factories.department(is_published=False)
        response = client.post(self.URL, {"department": hidden.pk, "photos": upload(factories.picture(1))})
        assert response.status_code == 400
        assert not Photo.objects.exists()

    def test_a_department_can_be_chosen_by_the_address(self, client: Client) -> None:
        where = factories.department()
        text = client.get(f"{self.URL}?department={where.pk}").content.decode()
        assert f'value="{where.pk}" selected' in text


class Unreadable:
    """A body that must not be looked at."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("path", ["/send/", "/review/1/", "/accounts/login/"])
def test_a_body_that_is_too_long_is_refused_before_it_is_read(client: Client, path: str) -> None:
    body: Any = {"wsgi.input": Unreadable()}
    response = client.post(path, CONTENT_LENGTH=str(TOO_LONG), content_type="multipart/form-data", **body)
    assert response.status_code == 413
    assert "too large" in response.content.decode()


ODD = [
    "/who/?q=%00",
    "/who/?q=" + "x" * 5000,
    "/officers/?q=%00&department=%00",
    "/officers/?q=%25_%5C'\"",
    "/officers/?department=999999999999999999999999",
    "/officers/?department=x",
    "/officers/?after=a%1fb%1f99999999999999999999999",
    "/officers/?after=%00%1f%00%1f1",
    "/officers/?after=a%1fb",
    "/who/{a}/roster/?rank=99999999999999999999999",
    "/who/{a}/roster/?rank=%D9%A3",
    "/who/{a}/roster/?rank=-1",
    "/send/?department=x",
]
NOWHERE = [
    "/officers/99999999999999999999999/",
    "/departments/99999999999999999999999/",
    "/faces/99999999999999999999999.jpg",
    "/who/99999999999999999999999/",
    "/photos/00000000-0000-0000-0000-000000000000.jpg",
]


@pytest.mark.parametrize("path", ODD)
def test_odd_words_in_the_address_do_no_harm(client: Client, path: str) -> None:
    where = factories.department(allowed=True)
    assert client.get(path.format(a=where.pk)).status_code == 200


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/photos/?skip=x", "/photos/?skip={bad}", "/photos/?last=%00&photo=1"])
def test_odd_words_in_the_queue_do_no_harm(path: str) -> None:
    assert World().client("volunteer").get(path).status_code == 200


def fill(where: Department, count: int) -> None:
    """Officers with a public face each, as many waiting tags, and further departments."""
    for _ in range(count):
        who = factories.officer(where, badge="1", rank="Sergeant", unit="North")
        factories.face(who, factories.photo(where))
        factories.face(who, factories.photo(where), reviewed=False)
        factories.department()


LISTS: dict[str, tuple[str, Callable[[World], str]]] = {
    "home": ("visitor", lambda _: "/"),
    "departments": ("visitor", lambda _: "/departments/"),
    "department": ("visitor", lambda w: f"/departments/{w.a.pk}/"),
    "find": ("visitor", lambda _: "/officers/?q=sergeant+1"),
    "find all": ("visitor", lambda _: "/officers/"),
    "officer": ("visitor", lambda w: f"/officers/{w.officer.pk}/"),
    "where": ("visitor", lambda _: "/who/"),
    "line-up": ("visitor", lambda w: f"/who/{w.a.pk}/roster/"),
    "send": ("visitor", lambda _: "/send/"),
    "review": ("admin", lambda _: "/review/"),
    "review of one": ("coordinator of A", lambda _: "/review/"),
    "queue": ("volunteer", lambda _: "/photos/"),
    "publish": ("admin", lambda _: "/publish/?state=public"),
    "publish of one": ("coordinator of A", lambda _: "/publish/?state=public"),
    "photo": ("visitor", lambda w: f"/photos/{w.kept.pk}/"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_the_same_however_long_its_list(name: str) -> None:
    role, path = LISTS[name]
    world = World()
    client = world.client(role)
    costs = []
    for count in (1, 4):
        fill(world.a, count)
        client.get(path(world))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path(world)).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] <= 16


def test_the_pages_of_a_long_roster_hold_everybody_once(client: Client) -> None:
    where = factories.department()
    sergeants = [factories.officer(where, last_name=f"Lee {n % 3}", rank="Sergeant") for n in range(30)]
    for who in sergeants[:5]:  # promoted and back: two stints in the same rank
        who.assignments.create(department=where, rank=where.ranks.get())
    path: str | None = f"/who/{where.pk}/roster/?rank={where.ranks.get().pk}"
    seen: list[int] = []
    while path:
        response = client.get(path)
        seen += [card.officer_id for card in response.context["cards"]]
        path = response.context["older_url"]
    assert sorted(seen) == sorted(who.pk for who in sergeants)


class TestReview:
    def decide(self, world: World, decision: str) -> int:
        client = world.client("coordinator of A")
        return client.post(f"/review/{world.waiting.pk}/", {"decision": decision}).status_code

    def test_yes(self) -> None:
        world = World()
        assert self.decide(world, "approve") == 302
        assert Face.objects.get(pk=world.waiting.pk).reviewed_at

    def test_no(self) -> None:
        world = World()
        assert self.decide(world, "reject") == 302
        assert not Face.objects.filter(pk=world.waiting.pk).exists()
        assert Officer.objects.filter(pk=world.officer.pk).exists()

    @pytest.mark.parametrize("decision", ["", "maybe", "APPROVE"])
    def test_anything_else_is_neither(self, decision: str) -> None:
        world = World()
        self.decide(world, decision)
        assert Face.objects.get(pk=world.waiting.pk).reviewed_at is None

    def test_the_list_holds_what_waits_in_ones_own_departments_only(self) -> None:
        world = World()
        for role, count in (("coordinator of A", 1), ("coordinator of B", 0), ("admin", 1), ("volunteer", 0)):
            assert world.client(role).get("/review/").context["count"] == count


def test_images_are_pictures_and_nothing_else(client: Client) -> None:
    world = World()
    response = client.get(f"/faces/{world.face.pk}.jpg")
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.content[:3] == b"\xff\xd8\xff"
    assert b"Exif" not in response.content


def test_an_image_whose_bytes_are_lost_is_not_found(client: Client) -> None:
    from officers import rendering
    from oversight import storage

    world = World()
    assert world.shown.version is not None
    storage.delete_prefix(rendering.folder(world.shown.version))
    assert client.get(f"/faces/{world.face.pk}.jpg").status_code == 404
