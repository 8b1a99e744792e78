"""The strip that people read and the mark that machines read: it lasts, and no photo without one seems to have one."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from privacy import marks, passed_on, watermark
from privacy.evaluation import as_published
from privacy.marks import Wishes
from privacy.shapes import Pixels

DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo"
SCENES = sorted((DEMO / "scenes").glob("*.jpg"))[:3]
EVERY_WISH = (Wishes(), Wishes(no_training=False), Wishes(no_recognition=False))


def photo(path: Path) -> Pixels:
    return as_published(path)[0]


AFTERWARDS: dict[str, Callable[[Pixels], Pixels]] = {
    "as it was": lambda p: p,
    "JPEG 95": lambda p: passed_on.saved(p, 95),
    "JPEG 75": lambda p: passed_on.saved(p, 75),
    "JPEG 60": lambda p: passed_on.saved(p, 60),
    "three quarters, JPEG 75": lambda p: passed_on.saved(passed_on.smaller(p, 0.75), 75),
    "half, JPEG 75": lambda p: passed_on.saved(passed_on.smaller(p, 0.5), 75),
    "cut to nine tenths": lambda p: passed_on.saved(passed_on.cut(p, 0.9), 85),
    "cut to three quarters": lambda p: passed_on.saved(passed_on.cut(p, 0.75), 85),
}


@pytest.mark.parametrize("how", AFTERWARDS)
def test_the_mark_survives(how: str) -> None:
    for path in SCENES:
        assert marks.read_mark(AFTERWARDS[how](marks.sign(photo(path)))) == Wishes(), path.name


@pytest.mark.parametrize("wishes", EVERY_WISH)
def test_each_wish_is_read_as_it_was_written(wishes: Wishes) -> None:
    assert marks.read_mark(passed_on.saved(marks.sign(photo(SCENES[0]), wishes), 75)) == wishes


def test_photos_without_a_mark_have_none() -> None:
    for path in (*SCENES, *sorted((DEMO / "officers").glob("0*/1.jpg"))[:10]):
        assert marks.read_mark(photo(path)) is None


def test_noise_and_plain_colours_have_no_mark() -> None:
    chance = np.random.default_rng(5)
    assert marks.read_mark(chance.integers(0, 256, (300, 400, 3), np.uint8)) is None
    assert marks.read_mark(np.full((300, 400, 3), 127, np.uint8)) is None
    assert marks.read_mark(np.zeros((1, 1, 3), np.uint8)) is None


def test_chance_hardly_ever_makes_a_mark() -> None:
    """By design: the share of all 64-bit words that would be read as a mark, times the tries for one photo."""
    words = [np.packbits(marks.bits_of(wishes)).tobytes() for wishes in EVERY_WISH]
    apart = min(
        int(np.unpackbits(np.frombuffer(a, np.uint8) ^ np.frombuffer(b, np.uint8)).sum())
        for a in words
        for b in words
        if a != b
    )
    assert apart > 2 * marks.WRONG_BITS, "no word is near two wishes"
    near, ways = 0, 1
    for wrong in range(marks.WRONG_BITS + 1):
        near += ways
        ways = ways * (watermark.BITS - wrong) // (wrong + 1)
    assert len(words) * near / 2**watermark.BITS * watermark.TRIES < 1e-8


def test_wrong_bits_are_put_right_and_too_many_are_no_mark() -> None:
    bits = marks.bits_of(Wishes())
    chance = np.random.default_rng(1)
    for wrong, meant in ((marks.WRONG_BITS, Wishes()), (marks.WRONG_BITS + 1, None)):
        changed = bits.copy()
        changed[chance.permutation(watermark.BITS)[:wrong]] ^= True
        assert marks.wishes_of(changed) == meant


def test_another_product_s_bits_are_no_mark_of_ours() -> None:
    other = np.random.default_rng(2).random(watermark.BITS) < 0.5
    marked = watermark.embed(photo(SCENES[0]), other)
    assert any(np.array_equal(found, other) for found in watermark.candidates(marked)), "it can be read"
    assert marks.read_mark(marked) is None


def test_the_mark_is_hardly_seen() -> None:
    for path in SCENES:
        before = photo(path)
        error = np.mean((marks.sign(before).astype(np.float64) - before) ** 2)
        assert 10 * np.log10(255**2 / error) > 37


def test_the_waves_never_change() -> None:
    """A photo that was marked years ago must still be read: what the key draws is fixed."""
    rows, _, phases, owner = watermark.waves()
    assert (len(rows), owner[:8].tolist()) == WAVES[:2]
    assert abs(complex(phases.sum()) - WAVES[2]) < 1e-9
    assert {int(number) for number in np.bincount(owner[owner >= 0])} <= {20, 21}


WAVES = (1892, [-1, 11, -1, 43, 39, 8, -1, -1], 18.501806154906724 + 4.87670385481151j)


def test_neither_changes_the_photo_that_it_is_given() -> None:
    before = photo(SCENES[0])
    kept = before.copy()
    for after in (marks.sign(before), marks.footer(before)):
        assert after.shape == before.shape
        assert after.dtype == np.uint8
        assert np.array_equal(before, kept)


@pytest.mark.parametrize(("width", "height"), [(1200, 900), (360, 640), (250, 250), (3000, 500), (120, 90)])
def test_the_strip_lies_on_the_lower_edge_and_holds_black_words(width: int, height: int) -> None:
    grey = np.full((height, width, 3), 90, np.uint8)
    after = marks.footer(grey)
    changed = np.flatnonzero((after != 90).any(axis=(1, 2)))
    assert changed[-1] == height - 1
    assert len(changed) <= max(1, 0.13 * height)
    strip = after[changed[0] :].min(axis=2)
    assert strip[0].min() == 255, "paper above the words"
    assert 0.01 < (strip < 128).mean() < 0.4, "ink"
    ink = np.flatnonzero((strip < 128).any(axis=0))
    assert ink[0] > 0
    assert ink[-1] < width - 1


def test_the_words_are_large_enough_on_a_phone() -> None:
    """Shown 360 pixels wide, capitals are at least 8 pixels high."""
    for width, height in ((1200, 900), (3000, 4000), (720, 1280)):
        after = marks.footer(np.full((height, width, 3), 90, np.uint8))
        ink = np.flatnonzero((after.max(axis=2) < 60).any(axis=1))
        assert (ink[-1] - ink[0]) * 360 / width >= 8


def test_a_photo_with_both_is_read() -> None:
    assert marks.read_mark(passed_on.saved(marks.sign(marks.footer(photo(SCENES[0]))), 75)) == Wishes()


def test_reading_is_quick() -> None:
    before = time.process_time()
    marks.read_mark(photo(SCENES[0]))
    assert time.process_time() - before < 5


@pytest.mark.skipif("OVERSIGHT_PHOTOS" not in os.environ, reason="OVERSIGHT_PHOTOS names no folder of photos")
def test_forty_real_photos() -> None:
    folder = Path(os.environ["OVERSIGHT_PHOTOS"]) / "crowd"
    pictures = [photo(path) for path in sorted(folder.rglob("*.jpg"))[::5][:20]]
    assert [marks.read_mark(each) for each in pictures] == [None] * len(pictures)
    assert [marks.read_mark(passed_on.saved(marks.sign(each), 75)) for each in pictures] == [Wishes()] * len(
        pictures
    )
