"""The whole of a volunteer's path: ten photos sorted, three faces tagged, one of them confirmed and published by a
second person, and seen by a stranger with everybody else covered. With keys only, with a finger, without scripts.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Locator

from officers.models import Claim, Department, Face, FoundHead, Officer, Photo, Publication
from officers.tagging import SAME_FACE, shared
from privacy.shapes import Rectangle
from tests import factories
from tests.browser import demo
from tests.browser.conftest import Visit
from tests.browser.visitor import SLOWEST_JOB, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.stack]

SORTED, TAGGED = 10, 3
OLD_DAY = date(2020, 1, 1)
BLACK = 12  # of 255, on average: a JPEG's black is not quite 0


@dataclass(frozen=True)
class Way:
    """How somebody works. `first`: the first of the demo's pictures that this way uses; `scene`: a street."""

    size: Literal["phone", "desktop"]
    scripts: bool
    keys: bool
    first: int
    scene: str

    def use(self, who: Visitor, target: Locator) -> None:
        """The button or link, and the page that follows."""
        with who.page.expect_navigation():
            if self.keys:
                who.reach(target)
                who.page.keyboard.press("Enter")
            else:
                target.tap()

    def answer(self, who: Visitor, says: str) -> None:
        """What is in the photo before the volunteer: "readable" or "no"."""
        if self.keys:
            with who.page.expect_navigation():
                who.page.keyboard.press({"readable": "b", "no": "n"}[says])
        else:
            self.use(who, who.main.locator(f".sorter button[value={says}]"))

    def name_face(self, who: Visitor, badge: str) -> None:
        """The first face of the photo before the volunteer gets the officer with this badge."""
        if self.keys:
            if who.page.locator("[data-face]").count() > 1:  # of several, nobody is chosen yet
                who.page.keyboard.press("Space")
                who.page.keyboard.press("Enter")
            who.page.locator("[data-tagger-zoom] canvas").wait_for()
            who.page.keyboard.type(badge)
        else:
            who.page.get_by_label("Face 1", exact=True).check()
            who.page.get_by_label("Badge number or name").fill(badge)
            if not self.scripts:
                self.use(who, who.main.get_by_role("button", name="Find"))


WAYS = [
    pytest.param(Way("desktop", scripts=True, keys=True, first=30, scene="09"), id="keys-only"),
    pytest.param(Way("phone", scripts=True, keys=False, first=40, scene="11"), id="finger"),
    pytest.param(Way("phone", scripts=False, keys=False, first=50, scene="12"), id="finger-without-scripts"),
]


@pytest.mark.parametrize("way", WAYS)
def test_from_ten_photos_to_a_public_one(visit: Visit, way: Way) -> None:
    photos, officers = waiting_photos(way), officers_of(way)
    who = visit(way.size, scripts=way.scripts)
    who.sign_in("volunteer")
    sort_all(who, way, photos)
    for officer, badge in officers:
        tag_next(who, way, officer, badge)
    assert_done(photos, [officer for officer, _ in officers])

    shown, officer = photos[TAGGED - 1], officers[-1][0]
    keeper = visit(way.size, scripts=way.scripts)
    keeper.sign_in("coordinator")
    confirm_and_publish(keeper, way, shown, officer)

    stranger = visit(way.size, scripts=way.scripts)
    stranger.go(f"/officers/{officer.pk}/")
    way.use(stranger, stranger.main.locator(f'.photo-grid a[href="/photos/{shown.pk}/"]'))
    assert officer.full_name in stranger.main.inner_text()
    picture = stranger.main.locator("picture img")
    address = stranger.site.address + (picture.get_attribute("src") or "")
    assert_only_one_to_be_seen(stranger.page.request.get(address).body(), shown, officer)


def waiting_photos(way: Way) -> list[Photo]:
    """Ten photos at the head of the queue, in this order: two portraits, a street with several people, and others."""
    where = demo.department(demo.ALLOWED)
    Claim.objects.all().delete()  # what earlier tests left lying before the demo's volunteer
    made = [portrait(where, way.first + n) for n in range(TAGGED - 1)]
    made.append(street(where, way.scene))
    made += [factories.photo(where) for _ in range(SORTED - TAGGED)]
    for place, photo in enumerate(made):
        received = OLD_DAY + timedelta(days=place)  # faces are tagged in the order in which photos came
        Photo.objects.filter(pk=photo.pk).update(likely_police=9 - place / 100, received_on=received)
    return made


def portrait(where: Department, number: int) -> Photo:
    """A photo with one head that nobody has tagged; in colours of its own, so that no other test has sent it."""
    photo = factories.photo(where, jpeg=factories.picture(number, 4))
    third = photo.width // 3
    FoundHead.objects.create(photo=photo, number=1, x=third, y=third, width=third, height=third, score=0.9)
    return photo


def street(where: Department, scene: str) -> Photo:
    """A scene of the demo, with the heads that are known to be in it."""
    photo = factories.photo(where, jpeg=demo.scene(scene).read_bytes())
    listing: dict[str, Any] = json.loads((demo.scene(scene).parent / "scenes.json").read_text())
    known = next(each for each in listing["scenes"] if each["file"].endswith(f"{scene}.jpg"))
    for number, face in enumerate(known["faces"], start=1):
        x, y, width, height = face["box"]
        FoundHead.objects.create(photo=photo, number=number, x=x, y=y, width=width, height=height, score=0.9)
    assert photo.heads.count() > 1
    return photo


def officers_of(way: Way) -> list[tuple[Officer, str]]:
    """Three officers with their badge numbers, others than in the other ways."""
    start = way.first // 10
    return list(_with_badges())[start : start + 3 * TAGGED : TAGGED]


def _with_badges() -> Iterator[tuple[Officer, str]]:
    where = demo.department(demo.ALLOWED)
    for officer in Officer.objects.public().in_department(where.pk).order_by("pk"):
        yield officer, officer.assignments.filter(department=where).latest("pk").badge_number


def sort_all(who: Visitor, way: Way, photos: list[Photo]) -> None:
    """Three with police, the others without; the last answer is taken back and given again."""
    who.go("/photos/")
    for place in range(SORTED):
        way.answer(who, "readable" if place < TAGGED else "no")
    way.use(who, who.main.locator("button[value=undo]"))
    assert Photo.objects.get(pk=photos[-1].pk).police == ""
    way.answer(who, "no")
    if not way.keys:
        assert who.width_of_content() == 360
    who.go("/tag/")


def tag_next(who: Visitor, way: Way, officer: Officer, badge: str) -> None:
    """Name the first face of the photo that came up, and save."""
    way.name_face(who, badge)
    choice = who.page.locator(f'input[name="officer"][value="{officer.pk}"]')
    if way.keys:
        who.page.locator(f'input[name="officer"][value="{officer.pk}"]:checked').wait_for()
        with who.page.expect_navigation():
            who.page.keyboard.press("Enter")
    else:
        choice.check()
        assert who.width_of_content() == 360
        way.use(who, who.main.get_by_role("button", name="Save"))
    who.page.get_by_text(f"Saved: {officer.full_name}.").wait_for()


def assert_done(photos: list[Photo], tagged: list[Officer]) -> None:
    said = dict(Photo.objects.filter(pk__in=[p.pk for p in photos]).values_list("pk", "police"))
    assert [said[p.pk] for p in photos] == ["yes"] * TAGGED + ["no"] * (SORTED - TAGGED)
    faces = Face.objects.filter(photo__in=photos).order_by("pk")
    in_order = zip(photos[:TAGGED], tagged, strict=True)
    assert [(face.photo_id, face.officer_id) for face in faces] == [(p.pk, o.pk) for p, o in in_order]
    assert not faces.exclude(reviewed_at=None).exists()
    assert set(faces.values_list("tagged_by__username", flat=True)) == {"volunteer"}


def confirm_and_publish(keeper: Visitor, way: Way, photo: Photo, officer: Officer) -> None:
    """A second person says who it is, then looks at the covered photo before it is public."""
    keeper.go("/review/")
    region = keeper.page.get_by_role("region", name=f"Is this {officer.full_name}?")
    way.use(keeper, region.get_by_role("button", name="Yes, approve"))
    keeper.page.get_by_text("Approved.").wait_for()
    assert not Face.objects.public().filter(photo=photo).exists()
    waits = Publication.objects.filter(photo=photo, state=Publication.State.WAITING)
    assert demo.soon(waits.exists, seconds=SLOWEST_JOB / 1000)
    keeper.go("/publish/")
    way.use(keeper, keeper.main.locator(f'a[href="/publish/{photo.pk}/"]'))
    way.use(keeper, keeper.main.get_by_role("button", name="Publish", exact=True))
    keeper.page.get_by_text("Published.").wait_for()
    assert Face.objects.public().get(photo=photo).officer == officer


def assert_only_one_to_be_seen(jpeg: bytes, photo: Photo, officer: Officer) -> None:
    """Every other known head of the photo is black in its middle, the officer's is not."""
    tagged = Face.objects.public().get(photo=photo, officer=officer).box
    with Image.open(io.BytesIO(jpeg)) as opened:
        whole = opened.convert("L")
    scale = whole.width / photo.width
    others = [head.box for head in photo.heads.all() if shared(head.box, tagged) < SAME_FACE]
    assert len(others) == photo.heads.count() - 1
    assert _light(whole, tagged, scale) > BLACK
    assert max(_light(whole, box, scale) for box in others) <= BLACK


def _light(whole: Image.Image, box: Rectangle, scale: float) -> float:
    """How light the middle of a box is, 0 to 255."""
    x, y, width, height = (side * scale for side in box)
    middle = (
        round(x + width / 4),
        round(y + height / 4),
        round(x + 3 * width / 4),
        round(y + 3 * height / 4),
    )
    return ImageStat.Stat(whole.crop(middle)).mean[0]
