"""Known answers of the figures about masks, and the command that prints them, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from privacy import evaluation, masks
from privacy.evaluation import Annotated, Judgement
from privacy.masks import Area
from privacy.shapes import Pixels, Rectangle

PROJECT = Path(__file__).resolve().parent.parent.parent


def left_half(pixels: Pixels) -> Area:
    hidden = np.zeros(pixels.shape[:2], np.bool_)
    hidden[:, : pixels.shape[1] // 2] = True
    return hidden


def plain() -> Pixels:
    return np.zeros((100, 200, 3), np.uint8)


def judged(
    boxes: list[list[float]] | None = None, points: list[list[float]] | None = None
) -> evaluation.Judged:
    return evaluation.judge(plain(), Annotated("a", boxes, points), left_half)


@pytest.mark.parametrize(
    ("box", "covered"),
    [
        ([10, 10, 20, 20], True),
        ([91, 10, 10, 20], True),
        ([92, 10, 10, 20], False),
        ([150, 10, 20, 20], False),
    ],
)
def test_a_face_is_covered_from_nine_tenths_of_its_box_on(box: list[float], covered: bool) -> None:
    assert judged([box]).covered == (covered,)


@pytest.mark.parametrize(
    "box", [[0, 0, 0, 0], [5, 5, -3, 9], [300, 5, 9, 9], [1, 2, 3], ["a", 1, 2, 3], [float("nan"), 1, 2, 3]]
)
def test_what_is_no_box_is_no_face(box: list[float]) -> None:
    assert judged([box]).heights == ()


def test_paint_outside_the_boxes_is_counted_and_inside_is_not() -> None:
    assert judged([]).over == pytest.approx(0.5)
    assert judged([[0, 0, 100, 50]]).over == pytest.approx(0.25)
    assert judged(None, [[5, 5]]).over is None


def test_points_outside_the_picture_are_no_points() -> None:
    assert judged(None, [[5, 5], [150, 5], [500, 5]]).points == (True, False)


def test_the_summary_of_a_run() -> None:
    run = Judgement(
        [judged([[10, 10, 9, 9], [10, 10, 20, 20]]), judged([[150, 10, 9, 90]]), judged([])], ["x"]
    )
    figures = evaluation.summary(run)
    assert figures["coverage"] == {
        "<10": 1.0,
        "10-20": None,
        "20-40": 1.0,
        "40-80": None,
        ">80": 0.0,
        ">=10": 0.5,
        ">=20": 0.5,
    }
    assert (figures["photos"], figures["missing"], figures["faces"]) == (3, 1, 3)
    assert figures["photos_fully_covered"] == 0.5
    assert figures["over_mask"]["median"] == pytest.approx(0.5, abs=0.03)
    assert "points_covered" not in figures


def test_nothing_at_all_has_no_figures() -> None:
    figures = evaluation.summary(Judgement())
    assert set(figures["coverage"].values()) == {None}
    assert figures["over_mask"] == {"median": None, "mean": None}


def test_a_neighbour_s_mask_stops_at_a_kept_face_and_the_neighbour_is_still_covered() -> None:
    kept, near, over = Rectangle(40, 40, 40, 40), Rectangle(84, 40, 20, 40), Rectangle(70, 40, 20, 20)
    hidden = masks.area_around(200, 100, heads=[near], drawn=[], kept=[kept])
    assert not hidden[40:80, 40:80].any()
    assert hidden[40:80, 84:104].all()
    assert hidden[50, 82]
    hidden = masks.area_around(200, 100, heads=[over], drawn=[], kept=[kept])
    assert hidden[40:60, 70:90].all()
    assert not hidden[40:80, 40:70].any()
    assert masks.area_around(200, 100, heads=[], drawn=[kept], kept=[kept])[40:80, 40:80].all()


@pytest.mark.parametrize(
    ("head", "is_of"),
    [
        (Rectangle(40, 40, 40, 50), True),
        (Rectangle(50, 55, 12, 12), True),
        (Rectangle(40, 20, 40, 40), False),
        (Rectangle(75, 40, 40, 50), False),
        (Rectangle(10, 10, 100, 110), False),
        (Rectangle(22, 12, 76, 90), True),  # with hair and helmet
        (Rectangle(62, 12, 76, 90), False),
    ],
)
def test_a_found_head_belongs_to_the_face_it_lies_on(head: Rectangle, is_of: bool) -> None:
    assert masks.is_of(head, Rectangle(40, 40, 40, 50)) == is_of


def run(folder: Path, lines: list[str]) -> "subprocess.CompletedProcess[str]":
    (folder / "a.jsonl").write_text("\n".join(lines))
    command = [
        sys.executable,
        "manage.py",
        "evaluate_masking",
        str(folder / "a.jsonl"),
        str(folder),
        "--json",
    ]
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    env = {**os.environ, **nowhere, "OVERSIGHT_DATA": str(folder / "var")}
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)


def test_the_command_prints_one_object_without_any_service(tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), (90, 120, 200)).save(tmp_path / "plain.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a photo")
    done = run(
        tmp_path,
        [
            json.dumps({"image": "plain.png", "boxes": [[10, 10, 20, 25], [0, 0, 0, 0]]}),
            json.dumps({"image": "gone.jpg", "boxes": []}),
            json.dumps({"image": "broken.jpg", "points": [[1, 1]]}),
        ],
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["photos"], figures["missing"], figures["faces"]) == (1, 2, 1)
    assert figures["coverage"][">=20"] == 0.0
    assert ("gone.jpg" in done.stderr, "broken.jpg" in done.stderr) == (True, True)


def test_the_command_names_a_line_that_is_none(tmp_path: Path) -> None:
    done = run(tmp_path, ['{"boxes": []}'])
    assert (done.returncode, "Line 1" in done.stderr, done.stdout) == (1, True, "")
