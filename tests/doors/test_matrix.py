"""Every address of the site for everybody: one matrix. An address without a row fails, and a row without an address."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.doors import site_rows
from tests.doors.test_headers import faults
from tests.officers import access_table
from tests.officers.access_table import LOGIN, Row, address
from tests.officers.world import ROLES, World

pytestmark = pytest.mark.django_db
NAMELESS = {  # addresses that only say that there is nothing, or send on to one that has a name
    "api/v1/": 1,
    "administration/": 1,
}


def walk(resolver: URLResolver, space: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """Name (with its namespace) and path of every address."""
    for each in resolver.url_patterns:
        here = path + str(each.pattern)
        if isinstance(each, URLPattern):
            yield f"{space}{each.name or ''}", here
        else:
            yield from walk(each, f"{space}{each.namespace}:" if each.namespace else space, here)


def test_every_address_of_the_site_is_in_the_matrix() -> None:
    found = list(walk(get_resolver()))
    rows = {row.name for row in access_table.TABLE + site_rows.TABLE}
    rows |= {row.name for row, _ in site_rows.administration()}
    names = {name for name, _ in found if name.rpartition(":")[2]}
    assert names == rows
    nameless = [path for name, path in found if not name.rpartition(":")[2]]
    # Django's administration sends the old address of each model on to its new one, and has one for what is nowhere.
    assert [path for path in nameless if "<path:object_id>/" not in path and "(?P<url>.*)$" not in path] == [
        "api/v1/"
    ]


@pytest.fixture
def world_without_photos(monkeypatch: pytest.MonkeyPatch) -> World:
    """Two departments and everybody: the administration needs no more."""
    monkeypatch.setattr(World, "__post_init__", lambda _: None)
    return World()


def got(client: Client, row: Row, world: World) -> object:
    with transaction.atomic():
        response = getattr(client, row.method)(address(row, world))
        assert faults(response) == [], row.name
        transaction.set_rollback(True)
    is_login = response.status_code == 302 and response.url.startswith(reverse("account_login"))
    return LOGIN if is_login else response.status_code


def test_who_gets_what_of_the_rest() -> None:
    world, wrong = World(), []
    for role in ROLES:
        client = world.client(role)
        for row in site_rows.TABLE:
            answer, expected = got(client, row, world), row.expected[ROLES.index(role)]
            if answer != expected:
                wrong.append((role, row.name, row.method, answer, expected))
    assert wrong == [], "\n".join(map(str, wrong))
    assert_no_other_method_opens(world)


def assert_no_other_method_opens(world: World) -> None:
    """No address of the API takes a method that is not in the matrix."""
    known = {(row.name, row.method) for row in site_rows.TABLE} | {("api-identification-detail", "delete")}
    client = world.client("visitor")
    for row in site_rows.TABLE:
        for method in ("put", "patch", "delete", "post", "get"):
            if row.name.startswith("api-") and row.name != "api-start" and (row.name, method) not in known:
                assert got(client, Row(row.name, row.arguments, (), method), world) in {401, 403, 404, 405}


def test_the_administration_is_for_those_with_its_keys(world_without_photos: World) -> None:
    world, wrong = world_without_photos, []
    clients = {role: world.client(role) for role in ROLES}
    for row, expected in site_rows.administration():
        for role, client in clients.items():
            if got(client, row, world) not in {302, LOGIN, 403}:
                wrong.append((row.name, role))
        with_keys = Client()
        with_keys.force_login(site_rows.with_keys())
        if (answer := got(with_keys, row, world)) != expected:
            wrong.append((row.name, f"{answer}, not {expected}"))
    assert wrong == [], "\n".join(map(str, wrong))
