"""Something is wrong with a photo: a visitor says so, with and without scripts; a coordinator looks and decides."""

from typing import Any

import pytest

from officers.models import Face, Flag, Hold, Takedown
from tests.browser import demo
from tests.browser.conftest import Visit
from tests.browser.test_pages import LOOKS, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.mark.parametrize(
    ("size", "scripts", "number"),
    [("phone", False, "021"), ("desktop", True, "022")],
    ids=["plain", "scripts"],
)
def test_from_a_strangers_flag_to_the_decision(visit: Visit, size: Any, scripts: bool, number: str) -> None:
    face = Face.objects.public().filter(officer=demo.officer(number)).earliest("pk")
    stranger = visit(size, scripts=scripts)
    stranger.go(f"/officers/{face.officer_id}/")
    stranger.page.locator("summary", has_text="Something wrong?").click()
    stranger.main.get_by_role("link", name="must not be shown").first.click()
    stranger.page.get_by_label("Somebody in it is under 18").check()
    stranger.press("Send")
    assert "Until then nobody can see the photo." in stranger.main.inner_text()
    code_page = stranger.page.url
    picture = f"{stranger.site.address}/faces/{face.pk}.jpg"
    ask = stranger.page.request  # past the window's own cache, which may keep a face for ten minutes
    assert ask.get(picture).status == 404
    flag = Flag.objects.get(face=face)
    coordinator = visit(size, scripts=scripts)
    coordinator.sign_in("coordinator")
    coordinator.go("/flags/")
    panel = coordinator.page.locator(f"#flag-{flag.pk}")
    panel.get_by_label("What did you find?").fill("An adult officer in uniform.")
    panel.get_by_role("button", name="Leave it as it is").click()
    coordinator.page.wait_for_url("**/flags/")
    stranger.go(code_page)
    assert "We looked, and left it as it is" in stranger.main.inner_text()
    assert ask.get(picture).status == 200


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_pages_of_it(visit: Visit, size: Any, scheme: Any) -> None:
    """For a keyboard, a screen reader and a narrow window: with things on them, and with a slip."""
    face = Face.objects.public().filter(officer=demo.officer("023")).earliest("pk")
    visitor, faults = visit(size, scheme=scheme), []
    for path in (f"/wrong/officer/{face.officer_id}/", f"/wrong/face/{face.pk}/", "/take-down/", "/code/"):
        visitor.go(path)
        faults += faults_of(visitor, size)
    visitor.go(f"/wrong/photo/{face.photo_id}/")
    visitor.press("Send")
    faults += faults_of(visitor, size)
    visitor.page.get_by_label("This is another department").check()
    visitor.press("Send")
    faults += faults_of(visitor, size)
    visitor.go("/take-down/")
    visitor.page.get_by_label("I am a lawyer").check()
    visitor.page.get_by_label("What is it about?").fill(f"/officers/{face.officer_id}/")
    visitor.page.get_by_label("Why should it be taken down?").fill(
        "For a client who stands behind the officer."
    )
    visitor.press("Send the request")
    faults += faults_of(visitor, size)
    visitor.sign_in("admin")
    hold = Hold.objects.create(officer=demo.officer("024"), reason="safety")
    request = Takedown.objects.latest("pk")
    for path in (
        "/flags/",
        "/hidden/",
        f"/hidden/photo/{face.photo_id}/",
        "/requests/",
        f"/requests/{request.pk}/",
    ):
        visitor.go(path)
        faults += faults_of(visitor, size)
    hold.delete()
    assert faults == []
