"""The mask tool: what is painted, what is kept, and that paint is paint."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from privacy import crowds, masks, symbols
from privacy.heads import Head, find_heads_to_cover
from privacy.shapes import Pixels, Rectangle, Share
from privacy.tools import Protected, mask, tool
from privacy.tools.mask import Options

SCENE = Path(__file__).resolve().parents[2] / "officers" / "demo" / "scenes" / "01.jpg"
GREY = np.full((200, 300, 3), 128, np.uint8)
MIDDLE = Share(0.4, 0.4, 0.2, 0.2)


@pytest.fixture(scope="module")
def scene() -> Pixels:
    with Image.open(SCENE) as picture:
        return np.asarray(picture.convert("RGB").resize((400, 300)))


@pytest.fixture(scope="module")
def found(scene: Pixels) -> list[Head]:
    return find_heads_to_cover(scene)


def protect(pixels: Pixels, options: Options) -> Protected:
    return mask.protect(pixels, options, lambda _: None)


def changed(before: Pixels, after: Pixels) -> NDArray[np.bool_]:
    different: NDArray[np.bool_] = (before != after).any(axis=2)
    return different


def drawn(**options: object) -> Protected:
    return protect(GREY, replace(Options(find=False, drawn=(MIDDLE,)), **options))  # type: ignore[arg-type]


def test_it_is_found_by_its_name() -> None:
    assert tool("mask") is mask


def test_every_found_head_is_under_opaque_paint(scene: Pixels, found: list[Head]) -> None:
    shares: list[float] = []
    original = scene.copy()
    made = mask.protect(scene, Options(), shares.append)
    assert made.faces == len(found) == len(made.boxes) >= 6
    for head in found:
        inside = made.pixels[head.y : head.y + head.height, head.x : head.x + head.width]
        assert (inside == 0).all()
    assert (scene == original).all(), "what was handed in is left as it is"
    assert shares == sorted(shares)
    assert len(shares) >= 4
    assert shares[-1] == 1


def test_a_kept_face_stays_whole_and_the_others_do_not(scene: Pixels, found: list[Head]) -> None:
    largest = found[0]
    height, width = scene.shape[:2]
    where = Share(largest.x / width, largest.y / height, largest.width / width, largest.height / height)
    for options in (Options(keep=(where,)), Options(keep_numbers=(1,))):
        made = protect(scene, options)
        face = np.s_[largest.y : largest.y + largest.height, largest.x : largest.x + largest.width]
        assert (made.pixels[face] == scene[face]).all()
        assert made.faces == len(found) - 1


def test_a_drawn_box_is_painted_as_it_is_and_nothing_else() -> None:
    made = drawn(colour="#b3261e")
    assert made.boxes == (Rectangle(120, 80, 60, 40),)
    assert (made.pixels[80:120, 120:180] == (0xB3, 0x26, 0x1E)).all()
    assert changed(GREY, made.pixels).sum() == 60 * 40


@pytest.mark.parametrize("symbol", list(symbols.SYMBOLS))
@pytest.mark.parametrize("colour", ["black", "white"])
def test_a_symbol_lies_on_the_paint_and_shows_nothing_below(symbol: str, colour: str) -> None:
    """Whatever was below, the result is the same: so nothing of it is left."""
    noise = np.random.default_rng(1).integers(0, 256, GREY.shape, np.uint8)
    options = Options(find=False, drawn=(MIDDLE,), symbol=symbol, colour=colour)
    one, other = protect(GREY, options).pixels, protect(noise, options).pixels
    inside = np.s_[80:120, 120:180]
    assert (one[inside] == other[inside]).all()
    paint = 0 if colour == "black" else 255
    drawing = (one[inside] != paint).any(axis=2).mean()
    assert 0.15 < drawing < 0.7, "something is drawn, and it is not the whole mask"
    assert changed(GREY, one)[inside].all()
    assert changed(GREY, one).sum() == 60 * 40, "nothing is drawn beside the paint"


def test_numbers_are_written_on_the_masks() -> None:
    assert (drawn(numbered=True).pixels[80:120, 120:180] == 255).any()


def test_a_larger_scale_covers_more(scene: Pixels) -> None:
    usual, larger = (protect(scene, Options(scale=scale)).pixels for scale in (masks.SCALE, 2.0))
    assert not (changed(scene, usual) & ~changed(scene, larger)).any()
    assert changed(scene, larger).sum() > changed(scene, usual).sum()


def test_boxes_that_go_back_as_they_came_give_the_same_paint(scene: Pixels) -> None:
    """The page sends found boxes back as drawn ones, and the finder need not look again."""
    height, width = scene.shape[:2]
    first = protect(scene, Options())
    back = tuple(Share(b.x / width, b.y / height, b.width / width, b.height / height) for b in first.boxes)
    second = protect(scene, Options(find=False, drawn=back))
    assert (second.pixels == first.pixels).all()


def test_nobody_found_is_said() -> None:
    assert protect(GREY, Options()).said == (mask.NOBODY,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scale": 0.9},
        {"scale": 5.0},
        {"colour": "url(x)"},
        {"colour": "no-such"},
        {"symbol": "blur"},
        {"crowd": "?"},
    ],
)
def test_what_cannot_be_done_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Options(**wrong)  # type: ignore[arg-type]


def crowd(columns: int, rows: int, step: int) -> tuple[Share, ...]:
    """Boxes of masks 16 pixels wide in a picture of 1000 x 800, `step` pixels apart."""
    return tuple(
        Share((100 + step * x) / 1000, (100 + step * y) / 800, 16 / 1000, 16 / 800)
        for x in range(columns)
        for y in range(rows)
    )


def test_gaps_in_a_crowd_are_covered_said_and_can_be_left_open() -> None:
    street = np.full((800, 1000, 3), 200, np.uint8)
    options = Options(find=False, drawn=crowd(8, 8, 40))
    filled = protect(street, options)
    assert filled.said == (mask.FILLED,)
    assert (filled.pixels[100 : 100 + 7 * 40, 100 : 100 + 7 * 40] == 0).all()
    lifted = protect(street, replace(options, crowd="no"))
    assert lifted.said == ()
    assert changed(street, lifted.pixels).sum() == 64 * 16 * 16


def test_few_heads_and_wide_gaps_are_no_crowd() -> None:
    street = np.full((800, 1000, 3), 200, np.uint8)
    few = protect(street, Options(find=False, drawn=crowd(4, 4, 40)))
    assert few.said == ()
    assert protect(street, Options(find=False, drawn=crowd(4, 4, 40), crowd="yes")).said == (mask.FILLED,)
    wide = protect(street, Options(find=False, drawn=crowd(8, 6, 100)))
    assert changed(street, wide.pixels).sum() == 48 * 16 * 16, "gaps of over three heads stay open"


def test_large_heads_do_not_make_a_crowd() -> None:
    large = [Rectangle(x * 60, 100, 50, 60) for x in range(10)]
    assert crowds.small_heads(1000, 800, large) == []
    assert not crowds.between(1000, 800, []).any()
    one = crowds.between(1000, 800, [Rectangle(500, 400, 10, 12)])
    assert one.sum() == masks.area(1000, 800, [Rectangle(500, 400, 10, 12)]).sum()
