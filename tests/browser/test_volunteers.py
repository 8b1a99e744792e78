"""What the pages of volunteers do with scripts: a box is moved and resized, the next photo is loaded early."""

import pytest
from django.conf import settings

from officers.models import Claim, Face, FoundHead, Photo
from officers.views.sort import FEW
from tests import factories
from tests.browser import demo
from tests.browser.conftest import Visit
from tests.browser.test_volunteers_path import portrait
from tests.browser.visitor import SLOWEST_JOB, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def volunteer(visit: Visit, size: str, *, scripts: bool = True) -> Visitor:
    who = visit(size, scripts=scripts)
    who.sign_in("volunteer")
    return who


def test_a_box_is_moved_and_resized_by_keys_and_by_its_corners(visit: Visit) -> None:
    photo, who = portrait(demo.department(demo.ALLOWED), 29), volunteer(visit, "desktop")
    Photo.objects.filter(pk=photo.pk).update(police="yes")
    who.go(f"/photos/{photo.pk}/tag/")
    editor = who.page.locator(".box-editor")
    start = _box(who)
    editor.focus()
    who.page.keyboard.press("ArrowRight")
    step = _box(who)["x"] - start["x"]
    assert step > 0
    who.page.keyboard.press("Shift+ArrowDown")
    assert _box(who) == {**start, "x": start["x"] + step, "h": start["h"] + step}
    handle = who.page.locator('.box-editor__handle[data-corner="se"]').bounding_box()
    assert handle is not None
    assert min(handle["width"], handle["height"]) >= 44
    x, y = handle["x"] + 10, handle["y"] + 10
    who.page.mouse.move(x, y)
    who.page.mouse.down()
    who.page.mouse.move(x + 20, y + 30)
    who.page.mouse.up()
    larger = _box(who)
    assert larger["w"] > start["w"]
    assert larger["h"] > start["h"] + step
    assert (larger["x"], larger["y"]) == (start["x"] + step, start["y"])
    who.page.get_by_label("An officer, nobody knows who yet").check()
    who.page.get_by_role("button", name="Save").click()
    who.page.get_by_text("Saved: An officer nobody knows yet.").wait_for()
    face = Face.objects.get(photo=photo)
    assert {"x": face.x, "y": face.y, "w": face.width, "h": face.height} == larger


@pytest.mark.plugin
def test_whoever_points_at_one_of_several_faces_is_offered_likely_officers(visit: Visit) -> None:
    """And finds them among the choices, once the face was compared."""
    photo, who = (
        factories.photo(demo.department(demo.ALLOWED), jpeg=factories.picture(17, 4)),
        volunteer(visit, "desktop"),
    )
    Photo.objects.filter(pk=photo.pk).update(police="yes")
    factories.head(photo)
    around = {"x": photo.width // 6, "y": photo.height // 6, "width": photo.width * 2 // 3}
    FoundHead.objects.create(photo=photo, number=2, score=0.9, height=photo.height * 2 // 3, **around)
    who.go(f"/photos/{photo.pk}/tag/")
    assert not who.page.locator("[data-likely-url]").count(), "nobody was pointed at"
    who.page.get_by_label("Face 2", exact=True).check()
    who.page.get_by_role("link", name="Officers who look like this face").click()
    who.page.get_by_role("button", name="compare the face").click()
    who.page.get_by_role("button", name="Save as this officer").wait_for(timeout=SLOWEST_JOB)
    who.page.get_by_role("link", name="Back to the photo").click()
    choice = who.page.locator('[data-tagger-found] input[name="officer"]')
    choice.first.wait_for()
    assert not choice.first.is_checked(), "a machine names nobody"


def _box(who: Visitor) -> dict[str, int]:
    """What would be saved."""
    fields = {name: who.page.locator(f'#tag-save input[name="{name}"]').input_value() for name in "xywh"}
    return {name: int(value) for name, value in fields.items()}


def test_the_next_photo_is_loaded_before_it_is_needed(visit: Visit) -> None:
    Claim.objects.all().delete()  # what earlier tests left lying before the demo's volunteer
    for _ in range(FEW):  # of fewer photos each is left to whoever comes next
        factories.photo(demo.department(demo.ALLOWED))
    for number in (26, 27):
        photo = portrait(demo.department(demo.ALLOWED), number)
        Photo.objects.filter(pk=photo.pk).update(likely_police=8)  # behind those of the whole path
    who = volunteer(visit, "desktop")
    asked: list[str] = []
    who.page.on(
        "request", lambda request: asked.append(request.url) if request.url.endswith(".jpg") else None
    )
    who.go("/photos/")
    soon = who.page.locator("[data-sorter]").get_attribute("data-next-photo")
    assert soon is not None
    who.page.wait_for_function(
        "soon => performance.getEntriesByType('resource').some(each => each.name.endsWith(soon))", arg=soon
    )
    with who.page.expect_navigation():
        who.page.keyboard.press("n")
    shown = who.page.locator(".sorter__photo img").get_attribute("src") or ""
    assert shown.endswith(soon)
    assert sum(url.endswith(soon) for url in asked) == 1, "loaded once, before it was shown"
    assert settings.SORT_CONSENSUS == 1
