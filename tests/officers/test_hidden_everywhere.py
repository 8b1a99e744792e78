"""A hold closes every door at once: every address that a stranger or a volunteer may call is called, before and after.

The addresses come from the url patterns themselves: a new page or API route that is not called here fails the test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from officers import flags, holds, rendering, tickets
from officers.api import record_views
from officers.api import urls as api_urls
from officers.kinds import KINDS
from officers.models import Citation, Document, Flag, Hold
from oversight import storage
from oversight.models import User
from tests import factories
from tests.officers.access_table import TABLE, address
from tests.officers.world import HAS_PLUGIN, World

pytestmark = pytest.mark.django_db


def first_of(model: Any) -> Callable[[World], list[Any]]:
    return lambda _: [model.objects.values_list("pk", flat=True).first() or 1]


API: dict[str, Callable[[World], list[Any]]] = {
    "api-start": lambda _: [],
    "api-schema": lambda _: [],
    "api-docs": lambda _: [],
    "api-department-list": lambda _: [],
    "api-department-detail": lambda w: [w.a.pk],
    "api-officer-list": lambda _: [],
    "api-officer-detail": lambda w: [w.officer.pk],
    "api-officer-facets": lambda _: [],
    "api-photo-list": lambda _: [],
    "api-photo-detail": lambda w: [w.kept.pk],
    "api-identification-list": lambda _: [],
    "api-identification-detail": lambda w: [w.search.pk],
    "api-identification-confirm": lambda w: [w.search.pk],
    "api-identification-deny": lambda w: [w.search.pk],
    "api-identification-none": lambda w: [w.search.pk],
    "api-identification-new-officer": lambda w: [w.search.pk],
}
for _kind in (kind for kind in KINDS.values() if not kind.added_at):
    API[f"api-kept-{_kind.name}-list"] = lambda _: []
    API[f"api-kept-{_kind.name}-detail"] = lambda _: [1]
    if _kind.has_drafts:
        API[f"api-kept-{_kind.name}-publish"] = lambda _: [1]
API |= {
    "api-changes": lambda _: [],
    "api-revert": lambda _: [1],
    "api-act": lambda _: ["an-act"],
    "api-undo": lambda _: ["an-act"],
    "api-record-history": lambda w: ["officer", w.officer.pk],
}
# Posted to in tests/api: they answer 405, or without a key 401.
ONLY_READ = {name for name in API if name.startswith("api-kept-")}
for _address, (_model, *_) in {**record_views.KINDS, "sources": (Citation,)}.items():
    ONLY_READ |= {f"api-{_address}-list", f"api-{_address}-detail"}
    API[f"api-{_address}-list"] = lambda _: []
    API[f"api-{_address}-detail"] = first_of(_model)
ONLY_READ.add("api-documents-text")
API["api-documents-text"] = first_of(Document)


def api_routes() -> list[URLPattern | URLResolver]:
    routes: list[URLPattern | URLResolver] = list(api_urls.urlpatterns)
    if HAS_PLUGIN:
        from recognition import api_urls as plugin_urls

        routes += plugin_urls.urlpatterns
    return routes


def names(routes: list[URLPattern | URLResolver]) -> Iterator[str]:
    for route in routes:
        if isinstance(route, URLResolver):
            yield from names(route.url_patterns)
        elif route.name:  # the API's last route only says that there is nothing
            yield route.name


def test_every_route_of_the_api_is_called() -> None:
    known = set(API) if HAS_PLUGIN else {name for name in API if "identification" not in name}
    assert set(names(api_routes())) == known


@dataclass(frozen=True)
class Call:
    method: str
    url: str
    data: dict[str, Any]


def calls(world: World) -> list[Call]:
    """Every page by the table of test_access.py, which no page can be missing from, and every route of the API."""
    pages = [Call(row.method, address(row, world), {}) for row in TABLE]
    here = {name: arguments for name, arguments in API.items() if HAS_PLUGIN or "identification" not in name}
    api = []
    for name, arguments in here.items():
        url = reverse(name, args=arguments(world))
        api.append(Call("get", url, {}))
        if name not in ONLY_READ:
            api.append(Call("post", url, {"officer": world.officer.pk}))
    searches = ["/api/v1/officers/?badge=77", f"/officers/?q={world.officer.last_name}"]
    searches += [
        f"/officers/suggest/?q={world.officer.last_name[:4]}",
        "/search/?q=77",
        "/officers/?view=list",
    ]
    searches += [f"/api/v1/officers/?with_photo={word}" for word in ("true", "false")]
    return pages + api + [Call("get", url, {}) for url in searches]


def who_says(marks: set[bytes], world_calls: list[Call], client: Client) -> set[str]:
    """The addresses whose answer has one of the marks in it; nothing that is called here stays done."""
    telling = set()
    for call in world_calls:
        with transaction.atomic():
            response = getattr(client, call.method)(call.url, call.data)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        if any(mark in body for mark in marks):
            telling.add(call.url)
    return telling


def clients(world: World) -> list[Client]:
    return [world.client("visitor"), world.client("volunteer")]


def marks_of_photo(world: World) -> set[bytes]:
    """The address of the face, the photo's id, and the pictures themselves."""
    version = world.kept.publication.version
    assert version is not None
    folder = rendering.folder(version)
    copies = {storage.read(f"{folder}/{name}") for name in storages["private"].listdir(folder)[1]}
    return copies | {
        reverse("face-crop", args=[world.face.pk]).encode(),
        str(world.kept.pk).encode(),
        storage.read(world.kept.key),
    }


def test_a_photo_that_is_held_is_nowhere() -> None:
    world = World()
    every, marks = calls(world), marks_of_photo(world)
    before = [who_says(marks, every, client) for client in clients(world)]
    assert reverse("face-crop", args=[world.face.pk]) in before[0]
    assert reverse("officer", args=[world.officer.pk]) in before[0]
    assert reverse("photo-image", args=[world.kept.pk]) in before[1]
    assert reverse("api-officer-detail", args=[world.officer.pk]) in before[0]
    assert len(before[0]) > 8
    flags.flag_photo(photo=world.kept, face=world.face, reason="minor", text="")
    assert [who_says(marks, every, client) for client in clients(world)] == [set(), set()]


def test_an_officer_who_is_held_is_nowhere() -> None:
    world = World()
    every = calls(world)
    marks = {world.officer.last_name.encode(), f"/officers/{world.officer.pk}/".encode()}
    marks.add(reverse("face-crop", args=[world.face.pk]).encode())
    before = [who_says(marks, every, client) for client in clients(world)]
    assert len(before[0]) > 8
    holds.place(subject=world.officer, reason="safety", by=factories.user(User.Role.ADMIN))
    search = f"/officers/?q={world.officer.last_name}"  # shows what was typed
    after = [who_says(marks, every, client) - {search} for client in clients(world)]
    assert after == [set(), set()]
    assert f"/officers/{world.officer.pk}/" not in world.client("visitor").get(search).content.decode()


def test_those_who_keep_the_department_still_see_what_they_must_judge() -> None:
    world = World()
    flags.flag_photo(photo=world.kept, face=world.face, reason="private", text="")
    for role, status in (("coordinator of A", 200), ("coordinator of B", 404), ("admin", 200)):
        client = world.client(role)
        assert client.get(reverse("face-crop", args=[world.face.pk])).status_code == status
        assert client.get(reverse("photo-image", args=[world.kept.pk])).status_code == status


def test_a_hold_that_ended_or_ran_out_shows_it_again() -> None:
    world, visitor = World(), Client()
    url = reverse("face-crop", args=[world.face.pk])
    flags.flag_photo(photo=world.kept, face=world.face, reason="minor", text="")
    assert visitor.get(url).status_code == 404
    holds.end(hold=Hold.objects.get(), by=factories.user(User.Role.ADMIN))
    assert visitor.get(url).status_code == 200


def test_the_page_of_a_code_says_nothing_of_what_it_is_about() -> None:
    world = World()
    code = flags.flag_photo(photo=world.kept, face=world.face, reason="minor", text="The boy on the left.")
    text = Client().get(reverse("ticket", args=[code])).content.decode()
    assert "nobody can see the photo" in text
    assert "boy" not in text
    assert str(world.kept.pk) not in text
    assert world.officer.last_name not in text
    assert Flag.objects.get().code_hash == tickets.code_hash(code.upper().replace("-", " "))
    assert code not in str(Flag.objects.values().get())
