"""Protecting a photo in a real browser: with and without scripts, by mouse, by finger and by keys, on both sizes."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.browser.conftest import Visit
from tests.browser.test_pages import LOOKS, faults_of
from tests.browser.visitor import SIZES, SLOWEST_JOB, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.stack]

SCENE = Path(__file__).resolve().parents[2] / "officers" / "demo" / "scenes" / "01.jpg"


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A street with six people in it, small enough to be quick."""
    path = tmp_path_factory.mktemp("street") / "IMG_2041.jpg"
    with Image.open(SCENE) as scene:
        scene.resize((800, 600)).save(path, quality=95)
    return path


def cover(visitor: Visitor, photo: Path) -> None:
    """From the first page of the site to the covered photo."""
    visitor.go("/")
    visitor.follow("Protect a photo")
    visitor.choose_files(photo)
    visitor.main.get_by_role("button", name="Cover every head").click()
    visitor.page.locator("[data-protected]").wait_for(timeout=SLOWEST_JOB)


def count(visitor: Visitor) -> int:
    return int(visitor.page.locator("h1:visible").inner_text().split()[0])


def cover_again(visitor: Visitor) -> None:
    """Send the changes; the new page or part of the page is there afterwards."""
    old = visitor.page.locator("input[name=masks]").input_value()
    visitor.main.get_by_role("button", name="Cover again with these changes").click()
    visitor.page.locator(f'input[name=masks]:not([value="{old}"])').wait_for(
        state="attached", timeout=SLOWEST_JOB
    )


def download(visitor: Visitor) -> NDArray[np.uint8]:
    with visitor.page.expect_download() as offered:
        visitor.main.get_by_role("link", name="Download the photo").click()
    assert offered.value.suggested_filename == "photo.jpg"
    return np.asarray(Image.open(io.BytesIO(Path(offered.value.path()).read_bytes())))


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_page_and_the_covered_photo_are_for_everybody(
    visit: Visit, street: Path, size: Any, scheme: Any
) -> None:
    visitor = visit(size, scheme=scheme)
    visitor.go("/protect/")
    faults = faults_of(visitor, size)
    visitor.go("/protect/?for=me")
    faults += faults_of(visitor, size)
    cover(visitor, street)
    assert visitor.page.evaluate("document.activeElement.tagName") == "H1", (
        "a screen reader hears that it is done"
    )
    faults += faults_of(visitor, size)
    assert faults == []
    assert count(visitor) >= 6
    with Image.open(street) as photo:
        assert download(visitor).shape[:2] == (photo.height, photo.width)


def test_by_keys_a_box_is_moved_one_taken_away_and_one_put_back(visit: Visit, street: Path) -> None:
    visitor = visit("desktop")
    cover(visitor, street)
    before = count(visitor)
    boxes = visitor.page.locator("input[name=masks]").input_value().split(";")
    visitor.reach(visitor.page.get_by_role("button", name="Move box 2", exact=True))
    visitor.page.keyboard.press("Enter")
    editor = visitor.page.locator(".box-editor")
    assert editor.evaluate("element => element === document.activeElement")
    left = float(boxes[1].split(",")[0])
    for _ in range(3):
        visitor.page.keyboard.press("ArrowLeft" if left > 4 else "ArrowRight")
    visitor.page.get_by_role("button", name="Move box 1", exact=True).click()
    visitor.page.keyboard.press("Delete")
    assert visitor.page.get_by_label("Box 1", exact=True).is_checked()
    cover_again(visitor)
    assert count(visitor) == before - 1
    after = visitor.page.locator("input[name=masks]").input_value().split(";")
    assert boxes[0] not in after
    assert boxes[1] not in after
    assert set(boxes[2:]) <= set(after)
    moved = abs(left - float(after[0].split(",")[0]))
    assert moved == pytest.approx(3, abs=0.3), "three steps of a hundredth"


def test_by_mouse_a_box_is_drawn_and_dragged(visit: Visit, street: Path) -> None:
    visitor = visit("desktop")
    cover(visitor, street)
    before = count(visitor)
    stage = visitor.page.locator("[data-face-picker-stage] img")
    stage.scroll_into_view_if_needed()
    frame = stage.bounding_box()
    assert frame is not None
    mouse = visitor.page.mouse

    def at(x: float, y: float) -> tuple[float, float]:
        return frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]

    mouse.move(*at(0.02, 0.02))
    mouse.down()
    mouse.move(*at(0.12, 0.12), steps=4)
    mouse.up()
    mouse.move(*at(0.07, 0.07))  # the new box is the one that is held now
    mouse.down()
    mouse.move(*at(0.17, 0.07), steps=4)
    mouse.up()
    cover_again(visitor)
    assert count(visitor) == before + 1
    picture = download(visitor).astype(int)
    height, width = picture.shape[:2]
    assert picture[height // 20 : height // 11, width * 13 // 100 : width * 21 // 100].max() < 40
    assert picture[height // 20 : height // 11, : width // 10].max() > 100, (
        "where it was drawn first is bare again"
    )


def test_by_finger_a_box_is_picked_on_the_photo(visit: Visit, street: Path) -> None:
    visitor = visit("phone")
    cover(visitor, street)
    box = visitor.page.locator(".cover-picker__box").first
    box.scroll_into_view_if_needed()
    frame = box.bounding_box()
    assert frame is not None
    visitor.page.touchscreen.tap(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    visitor.page.locator(".box-editor").wait_for()
    visitor.page.locator(".cover-picker--live").wait_for()
    assert visitor.width_of_content() <= SIZES["phone"]["width"]


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_without_scripts_boxes_are_numbered_taken_away_and_typed(
    visit: Visit, street: Path, size: Any
) -> None:
    visitor = visit(size, scripts=False)
    cover(visitor, street)
    before = count(visitor)
    assert visitor.width_of_content() <= SIZES[size]["width"]
    visitor.page.get_by_label("Box 1", exact=True).check()
    visitor.page.get_by_label("Box 2", exact=True).check()
    visitor.page.get_by_text("Say where in numbers").click()
    for label, number in (("From the left", "0"), ("From the top", "0"), ("Width", "30"), ("Height", "20")):
        visitor.page.get_by_label(label).fill(number)
    visitor.choose_files(street)
    cover_again(visitor)
    assert count(visitor) == before - 1
    picture = download(visitor)
    assert picture[: picture.shape[0] // 6, : picture.shape[1] // 4].max() < 40


def test_a_file_that_is_no_photo_is_explained(visit: Visit, tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("no photo")
    for scripts in (True, False):
        visitor = visit("phone", scripts=scripts)
        visitor.go("/protect/")
        visitor.choose_files(text)
        visitor.main.get_by_role("button", name="Cover every head").click()
        visitor.page.get_by_text("That file is not a photo").first.wait_for()


@pytest.mark.parametrize(("size", "scripts"), [("phone", False), ("desktop", True)])
def test_who_is_it_is_played_by_keys_to_the_result(visit: Visit, size: Any, scripts: bool) -> None:
    visitor = visit(size, scripts=scripts)
    visitor.go("/protect/?for=me")
    visitor.follow("Try it: who is it?")
    visitor.press("Start")
    visitor.press("Next")
    assert "Choose one of the nine" in visitor.main.get_by_role("alert").inner_text()
    faults = faults_of(visitor, size) if scripts else []  # axe is a script too
    visitor.reach(visitor.page.get_by_role("radio", name="Face number 1", exact=True))
    for number in range(1, 11):
        assert f"Question {number} of 10" in visitor.main.inner_text()
        if number > 1:
            visitor.page.get_by_role("radio", name="Face number 1", exact=True).focus()
        visitor.page.keyboard.press("Space")
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press("Enter")
    assert visitor.heading.startswith("You recognised")
    assert visitor.page.locator("figure").count() >= 25
    assert visitor.width_of_content() <= SIZES[size]["width"]
    faults += faults_of(visitor, size) if scripts else []
    assert faults == []
