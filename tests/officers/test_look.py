"""The page of the look, as people use it without scripts; and no page that opens a picture by itself."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from PIL import Image

from officers.models import Cover, Publication
from privacy.shapes import Rectangle
from tests.officers.access_table import TABLE, address
from tests.officers.scene import Scene, State
from tests.officers.world import World

pytestmark = pytest.mark.django_db


class Looking:
    """A keeper in front of a photo that waits."""

    def __init__(self, *, published: bool = False) -> None:
        self.scene = Scene()
        self.row = self.scene.published() if published else self.scene.rendered()
        self.scene.where.coordinations.create(user=self.scene.keeper)
        self.client = Client()
        self.client.force_login(self.scene.keeper)
        self.path = f"/publish/{self.scene.photo.pk}/"

    def press(self, do: str, **more: Any) -> Any:
        return self.client.post(self.path, {"do": do, **more}, follow=True)

    @property
    def drawn(self) -> list[Rectangle]:
        return [each.box for each in self.scene.photo.covers.filter(is_drawn=True)]


def test_every_mask_is_numbered_and_only_the_officer_s_may_be_lifted() -> None:
    """Box 1 is found on the officer's own face, so it is not painted; 3 hides a corner of that face."""
    looking = Looking()
    Cover.objects.create(photo=looking.scene.photo, number=3, x=42, y=42, width=15, height=15)
    text = looking.client.get(looking.path).content.decode()
    assert text.count('class="cover-picker__box"') == 2
    assert [f"Lift box {number}" in text for number in (1, 2, 3)] == [False, False, True]
    assert "seen from behind" in text
    looking.press("lift", number="2")
    assert not looking.scene.photo.covers.filter(is_lifted=True).exists()
    assert "tagged officer, so it stays" in looking.press("lift", number="2").content.decode()


def test_yes_makes_it_public_and_one_press_takes_it_back() -> None:
    looking = Looking()
    looking.press("publish", version=looking.row.version.hex if looking.row.version else "")
    assert looking.scene.row.state == State.PUBLIC
    page = f"/photos/{looking.scene.photo.pk}/"
    assert "Withdraw" not in Client().get(page).content.decode()
    assert "Withdraw this photo" in looking.client.get(page).content.decode()
    looking.press("withdraw")
    assert Client().get(page).status_code == 404
    assert "Nobody outside can see this photo" in looking.client.get(looking.path).content.decode()


def test_no_is_kept_and_can_be_thought_over() -> None:
    looking = Looking()
    looking.press("refuse")
    assert looking.scene.row.state == State.REFUSED
    assert "being covered" in looking.press("again").content.decode()
    assert looking.client.get(f"{looking.path}status").json() == {"state": "working"}


def test_a_box_in_numbers_covers_without_a_script() -> None:
    looking = Looking()
    looking.press("cover", left="50", top="25", width="10.5", height="20")
    assert looking.drawn == [Rectangle(160, 60, 34, 48)]
    assert looking.scene.row.state == State.MAKING


def test_drawn_boxes_come_together_and_may_hang_over() -> None:
    looking = Looking()
    looking.press("cover", box=["0,0,10,10", "90,90,20,20"])
    assert looking.drawn == [Rectangle(0, 0, 32, 24), Rectangle(288, 216, 32, 24)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Draw a box"),
        ({"left": "5"}, "all four"),
        ({"left": "5", "top": "5", "width": "120", "height": "5"}, "less than or equal to 100"),
        ({"box": "1,2,3"}, "could not be read"),
        ({"box": "nan,0,5,5"}, "could not be read"),
        ({"box": "0,0,-5,5"}, "could not be read"),
    ],
)
def test_a_mistake_says_how_to_mend_it_and_keeps_what_was_typed(sent: dict[str, str], said: str) -> None:
    looking = Looking()
    answer = looking.client.post(looking.path, {"do": "cover", **sent})
    text = answer.content.decode()
    assert (answer.status_code, said in text) == (400, True)
    assert looking.drawn == []
    if "left" in sent:
        assert 'value="5' in text


@pytest.mark.parametrize(
    "sent", [{}, {"do": "x"}, {"do": "lift", "number": "٣"}, {"do": "publish", "version": "0"}]
)
def test_odd_answers_change_nothing(sent: dict[str, str]) -> None:
    looking = Looking()
    assert looking.client.post(looking.path, sent).status_code == 302
    assert looking.scene.row.version == looking.row.version


def test_what_was_refused_before_its_page_was_sent_back_is_said() -> None:
    looking = Looking()
    Publication.objects.update(state=State.STALE, version=None)
    assert "has changed" in looking.press("publish", version="0").content.decode()


def test_the_list_shows_the_photos_of_ones_own_departments() -> None:
    looking = Looking()
    assert looking.client.get("/publish/").context["count"] == 1
    assert looking.client.get("/publish/?state=withdrawn").context["count"] == 0
    assert looking.client.get("/publish/?state=%00").context["count"] == 1
    assert World().client("coordinator of B").get("/publish/").context["count"] == 0


@pytest.mark.parametrize("role", ["visitor", "coordinator of A", "admin"])
def test_no_page_opens_a_picture_in_the_web_process(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoders have had holes: workers and caged children decode, the web process hands out bytes."""
    world = World()
    client = world.client(role)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a picture was decoded in the web process")

    for name in ("open", "frombytes", "fromarray", "new"):
        monkeypatch.setattr(Image, name, refuse)
    monkeypatch.setattr(Image.Image, "load", refuse)
    pictures = 0
    for row in TABLE:
        with transaction.atomic():
            answer = getattr(client, row.method)(address(row, world))
            pictures += answer.status_code == 200 and answer["Content-Type"].startswith("image/")
            transaction.set_rollback(True)
    assert pictures >= 2
