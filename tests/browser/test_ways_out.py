"""What else a question can come to: the law says no, nobody is found, somebody is added, everything is deleted."""

from pathlib import Path

import pytest

from officers.models import Officer, Photo
from oversight import storage
from recognition.models import Identification
from tests.browser import demo
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.plugin]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        (demo.NOT_DECIDED, "Face matching has not been allowed for this department."),
        (demo.ILLINOIS, "Biometric Information Privacy Act"),
    ],
)
def test_a_closed_department_says_why_and_offers_its_roster(
    visit: Visit, scripts: bool, name: str, why: str
) -> None:
    searches, photos = Identification.objects.count(), Photo.objects.count()
    person, department = visit("phone", scripts=scripts), demo.department(name)
    person.go("/who/")
    assert "Roster only" in person.page.locator(".rows li", has_text=name).inner_text()
    assert person.go(f"/who/{department.pk}/") == 403
    assert why in person.main.inner_text()
    assert person.page.locator("input[type=file]").count() == 0
    person.follow("Look through the roster")
    assert person.page.locator(".officer-card").count() > 0
    assert (Identification.objects.count(), Photo.objects.count()) == (searches, photos)


def test_nobody_is_found_and_the_officer_is_added(visit: Visit) -> None:
    person = visit("phone")
    person.ask(demo.other_photo("030"), demo.ALLOWED)
    assert person.heading == "No match"
    person.follow("What you can do now")
    person.follow("Add this officer")
    person.page.get_by_label("Badge number").fill("K-1703")
    person.press("Add this officer")
    assert person.heading == "Thank you"
    person.go("/officers/?q=K-1703")
    assert "Nobody found" in person.main.inner_text()

    keeper = visit()
    keeper.sign_in("coordinator")
    keeper.go("/review/")
    panel = keeper.page.get_by_role("region", name="A new officer").filter(has_text="K-1703")
    panel.get_by_role("button", name="Approve, and add the officer").click()
    keeper.page.get_by_text("Approved.").wait_for()
    person.go("/officers/?q=K-1703")
    assert person.page.locator(".officer-card").count() == 1
    assert Officer.objects.get(assignments__badge_number="K-1703").is_published


def test_none_of_these_then_delete_leaves_nothing(visit: Visit) -> None:
    person = visit()
    person.ask(demo.other_photo("013"), demo.ALLOWED)
    search = Identification.objects.latest("created_at")
    key, address = search.photo.key, person.page.url
    person.press("None of these")
    assert person.heading == "What you can do now"
    person.follow("Delete my photo now")
    person.press("Delete both")
    assert "Deleted. Nothing of your question is left here." in person.main.inner_text()
    assert not Photo.objects.filter(pk=search.photo_id).exists()
    assert not Identification.objects.filter(pk=search.pk).exists()
    with pytest.raises(FileNotFoundError):
        storage.read(key)
    assert person.go(address) == 404


@pytest.mark.parametrize(
    ("width", "height"), [(360, 740), (820, 1180), (1280, 800), (1280, 1100), (1920, 700)]
)
def test_boxes_lie_on_the_faces_at_every_window_size(visit: Visit, width: int, height: int) -> None:
    """The overlay is placed by shares of itself, so it must cover exactly the photo."""
    person = visit()
    person.page.set_viewport_size({"width": width, "height": height})
    person.send_question(demo.scene("08"), demo.ALLOWED)
    photo = person.page.locator("[data-face-picker-stage] img").bounding_box()
    overlay = person.page.locator("[data-face-picker-overlay]").bounding_box()
    assert photo is not None
    assert photo == pytest.approx(overlay, abs=1)
    assert photo["width"] / photo["height"] == pytest.approx(1600 / 1200, rel=0.01)


def test_a_box_of_ones_own_is_drawn_over_the_photo(visit: Visit) -> None:
    person = visit()
    person.send_question(demo.scene("05"), demo.ALLOWED)
    frame = person.page.locator("[data-face-picker-stage]").bounding_box()
    assert frame is not None
    mouse = person.page.mouse
    mouse.move(frame["x"] + 10, frame["y"] + 10)
    mouse.down()
    mouse.move(frame["x"] + 110, frame["y"] + 130)
    mouse.up()
    assert person.page.get_by_label("A face with no number").is_checked()
    sides = [float(person.page.locator(f"#face-own-{side}").input_value()) for side in "xywh"]
    scale = 1600 / frame["width"]
    assert sides == pytest.approx([10 * scale, 10 * scale, 100 * scale, 120 * scale], abs=3)
    person.press("Next: one last question")
    assert person.heading == "Is this an officer on duty?"


def test_a_refused_photo_is_named_and_what_was_typed_stays(visit: Visit, tmp_path: Path) -> None:
    junk = tmp_path / "holiday.jpg"
    junk.write_bytes(b"no photo at all")
    person, department = visit("phone"), demo.department(demo.ALLOWED)
    person.go(f"/send/?department={department.pk}")
    person.choose_files(demo.scene("06"), junk)
    person.press("Send photos")
    summary = person.page.get_by_role("alert").inner_text()
    assert "holiday.jpg: That file is not a photo." in summary
    assert "Do not send it again: 06.jpg." in person.main.inner_text()
    assert person.page.get_by_label("Which department are the officers from?").input_value() == str(
        department.pk
    )
    person.go(f"/who/{department.pk}/")
    person.choose_files(junk)
    person.press("Next: point at the face")
    assert "holiday.jpg: That file is not a photo." in person.page.get_by_role("alert").inner_text()
