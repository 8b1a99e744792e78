"""The pages of volunteers and coordinators: what a form does, what is kept, what is shown to whom, what they cost."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from officers import sorting
from officers.models import Claim, Coordination, Face, FoundHead, KnownPhoto, Officer, Photo, SortAnswer
from oversight.models import User
from tests import factories
from tests.officers.world import World

pytestmark = pytest.mark.django_db


def person(client: Client, role: str = User.Role.VOLUNTEER) -> User:
    by = factories.user(role)
    client.force_login(by)
    return by


def named(name: str) -> User:
    by = factories.user()
    User.objects.filter(pk=by.pk).update(username=name)
    return by


def shown(client: Client, path: str = "/photos/") -> Any:
    return client.get(path, follow=True).context["photo"]


class TestSorting:
    def test_an_answer_undo_and_the_same_photo_again(self, client: Client) -> None:
        where = factories.department()
        for _ in range(3):
            factories.photo(where)
        person(client)
        first = shown(client)
        assert shown(client) == first  # a reload
        page = client.post(f"/photos/{first.pk}/sort/", {"police": "readable"}, follow=True)
        assert "Saved: police, and a name or badge can be read." in page.content.decode()
        assert page.context["photo"] != first
        assert (page.context["own"].today, page.context["own"].in_all) == (1, 1)
        again = client.post(f"/photos/{first.pk}/sort/", {"police": "undo"}, follow=True)
        assert again.context["photo"] == first
        assert Photo.objects.get(pk=first.pk).police == ""
        assert not SortAnswer.objects.exists()

    def test_a_second_tab_and_an_old_page_do_no_harm(self, client: Client) -> None:
        where = factories.department()
        photos = [factories.photo(where) for _ in range(2)]
        person(client)
        first = shown(client)
        client.post(f"/photos/{first.pk}/sort/", {"police": "yes"})
        late = client.post(f"/photos/{first.pk}/sort/", {"police": "no"}, follow=True)
        assert "had been sorted already" in late.content.decode()
        assert Photo.objects.get(pk=first.pk).police == "yes"
        assert late.context["photo"] == next(p for p in photos if p != first)

    def test_nobody_undoes_anothers_answer(self, client: Client) -> None:
        photo = factories.photo(factories.department())
        sorting.say(photo=photo, says="yes", by=factories.user())
        person(client)
        client.post(f"/photos/{photo.pk}/sort/", {"police": "undo"})
        assert Photo.objects.get().police == "yes"

    def test_what_was_skipped_comes_back_at_the_end(self, client: Client) -> None:
        where = factories.department()
        for _ in range(3):
            factories.photo(where)
        person(client)
        seen, path = [], "/photos/"
        for _ in range(3):
            page = client.get(path)
            seen.append(page.context["photo"].pk)
            path = f"/photos/?{page.context['skip_query']}"
        assert len(set(seen)) == 3
        assert "You skipped the rest" in client.get(path).content.decode()
        assert Claim.objects.count() == 0

    def test_a_break_after_fifty(self, client: Client) -> None:
        where, by = factories.department(), person(client)
        blank = {"department": where, "width": 9, "height": 9, "upload_sha256": ""}
        done = Photo.objects.bulk_create(
            Photo(**blank, pixel_sha256=uuid.uuid4().hex, police="no") for _ in range(49)
        )
        SortAnswer.objects.bulk_create(SortAnswer(photo=p, person=by, says="no") for p in done)
        photo = factories.photo(where)
        page = client.post(f"/photos/{photo.pk}/sort/", {"police": "no"}, follow=True)
        assert "Time for a break" in page.content.decode()
        assert "You sorted 50 photos today" in page.content.decode()


class TestCoordinating:
    def disagreement(self, world: World, settings: Any) -> Photo:
        settings.SORT_CONSENSUS = 2
        photo = factories.photo(world.a)
        for says in ("readable", "no"):
            sorting.say(photo=photo, says=says, by=named(f"secret-{says}"))
        return photo

    def test_both_answers_are_counted_and_nobody_is_named(self, settings: Any) -> None:
        world = World()
        photo = self.disagreement(world, settings)
        page = world.client("coordinator of A").get("/photos/open/").content.decode()
        said = re.sub("<[^>]+>", "", page)
        assert "Said: police 1, no police 1, cannot tell 0." in said
        assert "secret-" not in page
        assert str(photo.pk) in page
        for role in ("coordinator of B", "volunteer"):
            assert str(photo.pk) not in world.client(role).get("/photos/open/").content.decode()

    def test_one_click_decides(self, settings: Any) -> None:
        world = World()
        photo = self.disagreement(world, settings)
        world.client("coordinator of B").post(f"/photos/{photo.pk}/decide/", {"police": "yes"})
        assert Photo.objects.get(pk=photo.pk).police == "escalated"
        answer = world.client("coordinator of A").post(f"/photos/{photo.pk}/decide/", {"police": "yes"})
        assert answer["Location"] == "/photos/open/"
        assert Photo.objects.get(pk=photo.pk).police == "yes"

    @pytest.mark.parametrize(
        "where", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
    )
    def test_nobody_is_sent_to_another_site(self, where: str) -> None:
        world = World()
        client = world.client("coordinator of A")
        answer = client.post(f"/photos/{world.kept.pk}/decide/", {"police": "yes", "next": where})
        assert answer["Location"] == "/photos/open/"

    def test_who_gets_test_photos_wrong_is_seen_by_admins_alone(self) -> None:
        world, by = World(), named("careless")
        keeper = Coordination.objects.create(user=factories.user(), department=world.a).user
        for _ in range(2):
            photo = factories.photo(world.a)
            sorting.decide(photo=photo, police="no", by=keeper)
            sorting.mark_known(photo=photo, by=keeper)
            Claim.objects.create(photo=photo, person=by, task="sort", until=timezone.now())
            sorting.say(photo=photo, says="yes", by=by)
        assert "careless" not in world.client("coordinator of A").get("/volunteers/").content.decode()
        page = world.client("admin").get("/volunteers/").content.decode()
        assert "careless" in page
        assert "0 of 2" in page
        assert "Answers do not count" in page


def test_the_second_look_is_anothers(client: Client) -> None:
    admin = person(client, User.Role.ADMIN)
    where = factories.department()
    face = factories.face(factories.officer(where), factories.photo(where), reviewed=False, tagged_by=admin)
    page = client.get("/review/").content.decode()
    assert "You tagged this face yourself" in page
    assert 'value="approve"' not in page
    page = client.post(f"/review/{face.pk}/", {"decision": "approve"}, follow=True).content.decode()
    assert "Somebody else has to confirm it" in page
    assert Face.objects.get().reviewed_at is None


def head(photo: Photo, number: int, x: int) -> FoundHead:
    return FoundHead.objects.create(photo=photo, number=number, x=x, y=20, width=40, height=50, score=0.9)


def fill(world: World, count: int) -> None:
    """More of everything that these pages list."""
    for _ in range(count):
        unclear, clear, nobody = (factories.photo(world.a) for _ in range(3))
        Photo.objects.filter(pk=unclear.pk).update(police="escalated")
        Photo.objects.filter(pk=nobody.pk).update(police="yes", left_tagging_at=timezone.now())
        SortAnswer.objects.create(photo=unclear, person=factories.user(), says="no")
        sorting.decide(photo=clear, police="yes", by=factories.user())
        KnownPhoto.objects.create(photo=clear)
        factories.photo(world.a)
        Photo.objects.filter(pk=factories.photo(world.a).pk).update(police="yes")
        number = world.kept.heads.count() + 1
        head(world.kept, number, 30 * number)
        who = factories.officer(world.a, badge=f"12{number}", rank="Sergeant")
        factories.face(who, world.kept, reviewed=False, x=number * 10, y=200, width=9, height=9)


PAGES: dict[str, tuple[str, Callable[[World], str], int]] = {
    "queue": ("volunteer", lambda _: "/photos/", 16),
    "progress": ("volunteer", lambda _: "/photos/progress/", 9),
    "decide": ("coordinator of A", lambda _: "/photos/open/", 12),
    "volunteers": ("admin", lambda _: "/volunteers/", 15),
    "tagging": ("coordinator of A", lambda w: f"/photos/{w.kept.pk}/?q=12&face=1", 18),
    "officers to tag": ("volunteer", lambda w: f"/photos/{w.kept.pk}/officers/?q=12", 8),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_however_much_there_is(name: str) -> None:
    role, path, most = PAGES[name]
    world = World()
    client = world.client(role)
    costs = []
    for count in (1, 4):
        fill(world, count)
        client.get(path(world))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path(world)).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] <= most


def test_the_queue_costs_little_when_a_photo_has_to_be_claimed() -> None:
    world = World()
    client = world.client("volunteer")
    fill(world, 3)
    first = client.get("/photos/").context["photo"]
    with CaptureQueriesContext(connection) as queries:
        client.post(f"/photos/{first.pk}/sort/", {"police": "no"})
        assert client.get("/photos/").status_code == 200
    assert len(queries) <= 48
    assert Officer.objects.count()
