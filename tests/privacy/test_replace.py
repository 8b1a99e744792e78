"""A face of nobody: only with a release, only where the face is, in the light and skin of the photo."""

import json
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from privacy import heads, release
from privacy.release import ReleaseMissing
from privacy.shapes import Pixels, Rectangle
from privacy.tools import colours, donors, faces, head_shape, landmarks, painting, replace, tool

pytest.importorskip("dlib")

DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo"
DARK, LIGHT = "006", "011"
SAME_SKIN = 3.0
"""CIE Lab units between the skin before and after: hardly seen side by side."""


def photo(person: str) -> Pixels:
    return np.asarray(Image.open(DEMO / "officers" / person / "1.jpg").convert("RGB"))


def face_of(pixels: Pixels) -> Rectangle:
    head = heads.find_heads(pixels)[0]
    return Rectangle(head.x, head.y, head.width, head.height)


def silently(share: float) -> None:
    """Nobody waits."""


def agreed(**options: object) -> replace.Options:
    return replace.Options(release=release.given(agreed=True), **options)  # type: ignore[arg-type]


def test_nothing_is_measured_without_a_release(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*asked: object) -> None:
        raise AssertionError("A face was measured.")

    monkeypatch.setattr(landmarks, "_loaded", never)
    monkeypatch.setattr(heads, "find_heads", never)
    with pytest.raises(ReleaseMissing):
        replace.protect(photo(LIGHT), replace.Options(), silently)


def test_points_need_a_release_itself() -> None:
    with pytest.raises(ReleaseMissing):
        landmarks.points(photo(LIGHT), Rectangle(100, 100, 100, 130), True)  # type: ignore[arg-type]


def test_the_tool_is_found_by_its_name() -> None:
    assert tool("replace") is replace


@pytest.mark.parametrize("person", [DARK, LIGHT])
def test_the_face_is_another_and_its_skin_the_same(person: str) -> None:
    before = photo(person)
    face = face_of(before)
    after = replace.protect(before, agreed(boxes=(face,), cover_others=False), silently)
    points = landmarks.points(before, face, release.given(agreed=True))
    pose = head_shape.pose(points, donors.mean_shape())
    skins = [painting.looks(pixels, points, pose)[0] for pixels in (before, after.pixels)]
    assert np.linalg.norm(skins[0] - skins[1]) < SAME_SKIN
    eyes = points[36:48]
    (left, top), (right, bottom) = eyes.min(axis=0).astype(int), eyes.max(axis=0).astype(int)
    changed = np.abs(after.pixels[top:bottom, left:right].astype(int) - before[top:bottom, left:right])
    assert changed.mean() > 5, "the eyes are somebody else's"
    assert heads.find_heads(after.pixels), "it still is a face"
    assert (after.faces, after.said[0]) == (1, replace.HAIR)


def test_nothing_outside_the_face_is_touched() -> None:
    before = photo(LIGHT)
    kept = before.copy()
    face = face_of(before)
    after = replace.protect(before, agreed(boxes=(face,), cover_others=False), silently).pixels
    points = landmarks.points(before, face, release.given(agreed=True))
    pose = head_shape.pose(points, donors.mean_shape())
    donor = donors.nearest(*painting.looks(before, points, pose))
    corners = painting.outline(points, pose, donor)
    touched = np.argwhere((after != before).any(axis=-1))[:, ::-1]
    assert len(touched) > face.width * face.height / 3
    assert (touched >= corners.min(axis=0) - 1).all()
    assert (touched <= corners.max(axis=0) + 1).all()
    assert (before == kept).all(), "the photo itself is left as it is"


def test_the_same_seed_makes_the_same_picture() -> None:
    before = photo(DARK)
    face = face_of(before)
    one, two = (
        replace.protect(before, agreed(boxes=(face,), seed=7, cover_others=False), silently).pixels
        for _ in range(2)
    )
    assert (one == two).all()


def test_everybody_else_is_covered() -> None:
    street = np.asarray(Image.open(sorted((DEMO / "scenes").glob("*.jpg"))[0]).convert("RGB"))
    found = heads.find_heads(street)
    assert len(found) > 2
    after = replace.protect(street, agreed(faces=(1,)), silently)
    largest, *others = found
    for head in others:
        x, y = head.x + head.width // 2, head.y + head.height // 2
        assert after.pixels[y, x].tolist() == [0, 0, 0]
    middle = after.pixels[largest.y + largest.height // 2, largest.x + largest.width // 2]
    assert middle.tolist() != [0, 0, 0]
    assert faces.COVERED_OTHERS in after.said


def test_a_face_too_small_to_replace_is_covered() -> None:
    before = photo(LIGHT)
    after = replace.protect(before, agreed(boxes=(Rectangle(60, 60, 16, 18),), cover_others=False), silently)
    assert after.pixels[69, 68].tolist() == [0, 0, 0]
    assert after.said == (replace.COVERED_INSTEAD,)


def test_a_photo_without_a_face_is_left_alone() -> None:
    wall = np.full((120, 160, 3), 130, np.uint8)
    after = replace.protect(wall, agreed(), silently)
    assert (after.pixels == wall).all()
    assert (after.faces, after.said) == (0, (replace.NO_FACE,))


def test_a_donor_can_be_named() -> None:
    before = photo(LIGHT)
    face = face_of(before)
    smile, closed = (
        replace.protect(before, agreed(boxes=(face,), donor=name, cover_others=False), silently).pixels
        for name in ("fair-smile", "fair-closed")
    )
    assert (smile != closed).any()
    with pytest.raises(donors.UnknownDonor):
        replace.protect(before, agreed(boxes=(face,), donor="somebody"), silently)


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*asked: object, **named: object) -> None:
        raise AssertionError("The network was asked for.")

    monkeypatch.setattr(socket, "socket", never)
    replace.protect(photo(LIGHT), agreed(cover_others=False), silently)


def test_every_donor_is_nobody_and_says_so() -> None:
    told = json.loads((donors.FOLDER / "donors.json").read_text())
    assert "do not exist" in told["licence"]
    assert {f"{name}.jpg" for name in told["donors"]} == {file.name for file in donors.FOLDER.glob("*.jpg")}
    made_up = {folder.name for folder in (DEMO / "officers").iterdir()}
    for about in told["donors"].values():
        assert len(about["people"]) >= 5
        assert made_up >= set(about["people"])
    assert len({person for about in told["donors"].values() for person in about["people"]}) > 50


def test_the_donor_is_chosen_by_skin_and_mouth() -> None:
    for donor in donors.everybody():
        assert donors.nearest(donor.skin, donor.open_mouth) is donor


def test_a_turned_head_is_found_again() -> None:
    """Points of the mean head, turned by a known angle, give that angle back, and the way there and back agrees."""
    flat = donors.mean_shape()
    angle = np.radians(20)
    turn = 60 * np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0]])
    made = head_shape.Pose(turn, np.array([200.0, 150.0]))
    pose = head_shape.pose(made.on_photo(flat), flat)
    assert pose.turned_aside == pytest.approx(20, abs=0.5)
    assert pose.size == pytest.approx(60, rel=0.01)
    there_and_back = pose.on_picture(pose.on_photo(flat[17:]))
    assert np.abs(there_and_back - flat[17:]).max() < 0.02


def test_colours_come_back() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    assert np.abs(colours.rgb(colours.lab(pixels)).astype(int) - pixels).max() <= 1
    white, black = colours.lab(np.array([[255, 255, 255], [0, 0, 0]], np.uint8))
    assert white == pytest.approx([100, 0, 0], abs=0.02)
    assert black == pytest.approx([0, 0, 0], abs=0.02)
