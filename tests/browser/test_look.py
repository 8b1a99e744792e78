"""The look before a photo is public, with nothing but a keyboard on a narrow phone, and with nothing but a finger."""

import pytest

from officers import publishing, rendering
from officers.models import Cover, Photo, Publication
from oversight.models import User
from tests.browser import demo
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def waiting_photo(number: str) -> Photo:
    """The demo's photo of an officer, taken back to where the look has not been yet."""
    photo: Photo = Photo.objects.filter(faces__officer=demo.officer(number)).earliest("pk")
    publishing.withdraw(photo, User.objects.get(username="admin"), "for a test")
    rendering.render_now(photo)
    return photo


def press_tab_until(visitor: Visitor, words: str) -> None:
    """Go on by Tab until the focus is on what says these words (a button, a summary) or has them for its label."""
    for _ in range(60):
        visitor.page.keyboard.press("Tab")
        text = visitor.page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        if text == words:
            return
    raise AssertionError(f"the keyboard does not reach: {words}")


def test_by_keyboard_a_box_is_covered_and_the_photo_published(visit: Visit) -> None:
    photo, keeper = waiting_photo("012"), visit("phone")
    keeper.sign_in("coordinator")
    keeper.go(f"/publish/{photo.pk}/")
    press_tab_until(keeper, "Say where in numbers")
    keeper.page.keyboard.press("Enter")
    for label, number in (("From the left", "2"), ("From the top", "3"), ("Width", "10"), ("Height", "12.5")):
        press_tab_until(keeper, label)
        keeper.page.keyboard.type(number)
    assert keeper.page.locator("[data-face-picker-own]").is_visible()
    press_tab_until(keeper, "Cover these boxes")
    with keeper.page.expect_navigation():
        keeper.page.keyboard.press("Enter")
    drawn = Cover.objects.get(photo=photo, is_drawn=True)
    assert (drawn.x, drawn.width) == pytest.approx((0.02 * photo.width, 0.1 * photo.width), abs=2)
    rendering.render_now(photo)
    keeper.go(f"/publish/{photo.pk}/")
    assert keeper.width_of_content() <= 360
    press_tab_until(keeper, "Publish")
    with keeper.page.expect_navigation():
        keeper.page.keyboard.press("Enter")
    assert Publication.objects.get(photo=photo).state == Publication.State.PUBLIC


def test_drawn_boxes_are_kept_and_the_last_can_be_taken_back(visit: Visit) -> None:
    photo, keeper = waiting_photo("014"), visit("desktop")
    keeper.sign_in("coordinator")
    keeper.go(f"/publish/{photo.pk}/")
    stage = keeper.page.locator("[data-face-picker-stage] img")
    stage.scroll_into_view_if_needed()
    frame = stage.bounding_box()
    assert frame is not None
    mouse = keeper.page.mouse
    for place in (0.1, 0.5):
        mouse.move(frame["x"] + place * frame["width"], frame["y"] + 0.1 * frame["height"])
        mouse.down()
        mouse.move(frame["x"] + (place + 0.2) * frame["width"], frame["y"] + 0.3 * frame["height"], steps=4)
        mouse.up()
    assert keeper.page.locator('input[name="box"]').count() == 2
    keeper.page.get_by_role("button", name="Take the last box back").click()
    keeper.press("Cover these boxes")
    drawn = Cover.objects.get(photo=photo, is_drawn=True)
    assert drawn.x == pytest.approx(0.1 * photo.width, abs=4)
    assert drawn.height == pytest.approx(0.2 * photo.height, abs=4)
