"""Every page of the record and of the plugin, for everybody: one table. A page that is not in it fails the test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from officers import urls as record_urls
from tests.officers.world import HAS_PLUGIN, ROLES, World

pytestmark = pytest.mark.django_db
LOGIN = "login"
Arguments = Callable[[World], list[Any]]


@dataclass(frozen=True)
class Row:
    """What each role gets, in the order of ROLES; LOGIN is a redirect to the sign-in page."""

    name: str
    arguments: Arguments
    expected: tuple[object, ...]
    method: str = "get"
    query: str = ""


def page(name: str, arguments: Arguments = lambda _: [], *expected: object, **more: str) -> Row:
    """One status is everybody's."""
    statuses = expected or (200,)
    return Row(name, arguments, statuses * len(ROLES) if len(statuses) == 1 else statuses, **more)


PEOPLE_ONLY = (LOGIN, 200, 200, 200, 200)
ADMINS_ONLY = (LOGIN, 403, 403, 403)
RECORD = [
    page("home"),
    page("about-protection"),
    page("department-list"),
    page("department", lambda w: [w.a.pk]),
    page("matching-allow", lambda w: [w.b.pk], *ADMINS_ONLY, 403),  # the admin has no second factor yet
    page("matching-approve", lambda w: [w.b.pk], *ADMINS_ONLY, 403, method="post"),
    page("matching-forbid", lambda w: [w.a.pk], *ADMINS_ONLY, 302, method="post"),
    page("officer-find"),
    page("officer", lambda w: [w.officer.pk]),
    page("officer", lambda w: [w.hidden.pk], 404),
    page("face-crop", lambda w: [w.face.pk]),
    page("face-crop", lambda w: [w.waiting.pk], 404, 404, 200, 404, 200),
    page("face-crop", lambda w: [w.hidden_face.pk], 404, 404, 200, 404, 200),
    page("photo-submit"),
    page("photo-thanks"),
    page("identify-start"),
    page("identify-department", lambda w: [w.a.pk]),
    page("roster-line-up", lambda w: [w.a.pk]),
    page("photo-queue", lambda _: [], *PEOPLE_ONLY),
    page("photo-sort", lambda w: [w.kept.pk], LOGIN, 302, 302, 302, 302, method="post"),
    page("photo-image", lambda w: [w.kept.pk], 404, 200, 200, 200, 200),
    page("photo-image", lambda w: [w.question.pk], 404),  # somebody's open question is nobody else's
    page("review", lambda _: [], *PEOPLE_ONLY),
    page("review-decide", lambda w: [w.waiting.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("review-decide", lambda w: [w.face.pk], LOGIN, 404, 404, 404, 404, method="post"),
]
BOX = "x=10&y=10&w=40&h=50"
PLUGIN = [  # whoever holds the link may look; the role is of no matter
    page("transparency"),
    page("guard-alerts", lambda _: [], *ADMINS_ONLY, 200),
    page("guard-alert", lambda w: [w.alert.pk], *ADMINS_ONLY, 302, method="post"),
    page("identify-department", lambda w: [w.b.pk], 403),  # has not allowed it
    page("identify-face", lambda w: [w.token]),
    page("identify-face", lambda _: ["no-such-token"], 404),
    page("identify-face-status", lambda w: [w.token]),
    page("identify-photo-image", lambda w: [w.token]),
    page("identify-head-image", lambda w: [w.token, 1]),
    page("identify-head-image", lambda w: [w.token, 9], 404),
    page("identify-duty", lambda w: [w.token], query=BOX),
    page("identify-duty", lambda w: [w.token], 302),
    page("identification", lambda w: [w.search.pk]),
    page("identification-status", lambda w: [w.search.pk]),
    page("identification-probe", lambda w: [w.search.pk]),
    page("identification-compare", lambda w: [w.search.pk, w.officer.pk]),
    page("identification-compare", lambda w: [w.search.pk, w.hidden.pk], 404),
    page("identification-answer", lambda w: [w.search.pk, w.officer.pk], 302, method="post"),
    page("identification-answer", lambda w: [w.search.pk, w.hidden.pk], 404, method="post"),
    page("identification-none", lambda w: [w.search.pk]),
    page("identification-new-officer", lambda w: [w.search.pk]),
    page("identification-thanks", lambda w: [w.search.pk], 302),  # nothing was given to the record yet
    page("identification-delete", lambda w: [w.search.pk]),
]
TABLE = RECORD + (PLUGIN if HAS_PLUGIN else [])
ONLY_POST = {
    "matching-approve",
    "matching-forbid",
    "photo-sort",
    "review-decide",
    "identification-answer",
    "guard-alert",
}


def address(row: Row, world: World) -> str:
    return reverse(row.name, args=row.arguments(world)) + (f"?{row.query}" if row.query else "")


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
    is_face = name == "face-crop" and response.status_code == 200
    assert response["Cache-Control"] == ("private, max-age=600" if is_face else "no-store"), name


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
