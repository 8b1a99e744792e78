"""Every page of the record and of the plugin, for everybody: one table. A page that is not in it fails the test."""

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from officers import urls as record_urls
from tests.officers.access_table import LOGIN, ONLY_POST, TABLE, address
from tests.officers.world import HAS_PLUGIN, ROLES, World

pytestmark = pytest.mark.django_db


def test_every_page_is_in_the_table() -> None:
    routes = list(record_urls.urlpatterns)
    if HAS_PLUGIN:
        from recognition import urls as plugin_urls

        routes += plugin_urls.urlpatterns
    assert {route.name for route in routes} == {row.name for row in TABLE}


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_what(role: str) -> None:
    world = World()
    client = world.client(role)
    wrong = []
    for row in TABLE:
        with transaction.atomic():
            response = getattr(client, row.method)(address(row, world))
            assert_headers(row.name, response)
            transaction.set_rollback(True)
        is_login = response.status_code == 302 and response.url.startswith(reverse("account_login"))
        got = LOGIN if is_login else response.status_code
        if got != row.expected[ROLES.index(role)]:
            wrong.append((row.name, row.arguments(world), got, row.expected[ROLES.index(role)]))
    assert wrong == []


def assert_headers(name: str, response: HttpResponse) -> None:
    """Nothing runs that is not ours, nothing is guessed at, nothing is framed, nothing is kept by a cache."""
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy, name
    assert "unsafe" not in policy, name
    assert response["X-Content-Type-Options"] == "nosniff", name
    assert response["X-Frame-Options"] == "DENY", name
    assert response["Referrer-Policy"] == "same-origin", name
    kept = {
        "face-crop": {"private, max-age=600", "no-store"},
        "rendition": {"private, max-age=600", "no-store"},
    }
    if response.status_code == 200 and name in kept:
        assert response["Cache-Control"] in kept[name], name
    else:
        assert response["Cache-Control"] == "no-store", name


@pytest.mark.parametrize("role", ROLES)
def test_a_look_does_not_change_anything(role: str) -> None:
    world = World()
    client = world.client(role)
    for row in TABLE:
        if row.name in ONLY_POST:
            response = client.get(address(row, world))
            assert response.status_code in {302, 405}, row.name
            assert "account" in response.get("Location", "account"), row.name


def test_an_inactive_account_is_a_visitor() -> None:
    world = World()
    client = world.client("coordinator of A")
    user_model = type(world.a.coordinations.get().user)
    user_model.objects.update(is_active=False)
    assert client.get(reverse("review")).status_code == 302
    assert client.get(reverse("photo-image", args=[world.kept.pk])).status_code == 404
