"""One pattern for all photos of a person: within its strength, a person's own, and said as far as it goes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from privacy import heads
from privacy.__main__ import main
from privacy.evaluation import as_published
from privacy.shapes import Pixels, Rectangle
from privacy.tools import unlearnable

DEMO = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers"
GREY = np.full((200, 300, 3), 128, np.uint8)
PLACE = Rectangle(40, 20, 100, 100)


@pytest.fixture(scope="module")
def photo() -> Pixels:
    """Of somebody who does not exist."""
    return as_published(DEMO / "009" / "1.jpg")[0]


def silently(share: float) -> None:
    """Nobody waits."""


def test_no_pixel_changes_by_more_than_the_strength_and_none_beside_the_face(photo: Pixels) -> None:
    options = unlearnable.Options(strength=9, word="mine")
    done = unlearnable.protect(photo, options, silently)
    change = np.abs(done.pixels.astype(int) - photo)
    x, y, width, height = unlearnable.square_around(heads.find_heads(photo)[0])
    inside = np.zeros(photo.shape[:2], np.bool_)
    inside[max(0, y) : y + height, max(0, x) : x + width] = True
    assert done.faces == 1
    assert change.max() == 9
    assert np.median(change[inside]) >= 5, "much of the strength is used"
    assert not change[~inside].any()


def test_all_photos_with_one_word_get_the_same_pattern() -> None:
    options = unlearnable.Options(word="mine")
    one = unlearnable.laid_over(GREY, PLACE, options).astype(int) - GREY
    other = unlearnable.laid_over(GREY + 10, PLACE, options).astype(int) - GREY - 10
    assert np.array_equal(one, other)
    assert not one[:20].any()
    assert not one[:, 140:].any()


def test_another_size_shows_the_same_pattern() -> None:
    """A recogniser that is taught brings faces to one size first."""
    drawn = unlearnable.pattern("mine")
    small, large = (unlearnable.stretched(drawn, side, side) for side in (40, 200))
    middles = [
        np.sign(each[len(each) // 8 :: len(each) // 4, len(each) // 8 :: len(each) // 4])
        for each in (small, large)
    ]
    assert np.array_equal(middles[0], drawn)
    assert np.array_equal(middles[1], drawn)


def test_a_pattern_that_hangs_over_the_edge_is_cut_off() -> None:
    options = unlearnable.Options(word="mine")
    whole = unlearnable.laid_over(GREY, Rectangle(50, 50, 100, 100), options)
    cut = unlearnable.laid_over(GREY[:60, :90], Rectangle(-30, -20, 100, 100), options)
    assert np.array_equal(
        cut, np.pad(whole[70:150, 80:150], ((0, 0), (0, 20), (0, 0)), constant_values=128)[:60]
    )


def test_two_words_are_two_patterns_and_no_word_is_a_new_one() -> None:
    patterns = [unlearnable.pattern(str(number)).flatten().astype(float) for number in range(40)]
    alike = np.corrcoef(patterns)[np.triu_indices(40, 1)]
    assert np.abs(alike).max() < 0.9
    assert abs(alike.mean()) < 0.05
    assert unlearnable.Options().word != unlearnable.Options().word
    assert np.array_equal(unlearnable.pattern("7"), unlearnable.pattern("7"))


def test_a_photo_of_nobody_comes_back_as_it_was() -> None:
    done = unlearnable.protect(GREY, unlearnable.Options(), silently)
    assert np.array_equal(done.pixels, GREY)
    assert (done.faces, done.said) == (0, unlearnable.NO_FACE)


def test_a_folder_on_the_command_line_gets_one_pattern(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a word one is made up for the whole folder, and told, so that it can be used again."""
    folder = DEMO / "009"
    assert main([str(folder), "-o", str(tmp_path / "one"), "--tool", "unlearnable"]) == 0
    words = {
        line.split("--word ")[1].split(")")[0]
        for line in capsys.readouterr().err.splitlines()
        if "--word" in line
    }
    assert len(words) == 1
    again = [str(folder), "-o", str(tmp_path / "two"), "--tool", "unlearnable", "--word", words.pop()]
    assert main(again) == 0
    copies = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(copies) == len(list(folder.glob("*.jpg"))) > 1
    for name in copies:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_what_is_said_is_what_was_measured() -> None:
    figures = unlearnable.measured()
    said = " ".join(unlearnable.said("mine"))
    trained = figures["trained_on"]
    for name in ("clean", "random noise", "protected"):
        assert f"{trained[name]['share']:.0%}" in said, name
    worst = max(trained[name]["share"] for name in unlearnable.TRICKS)
    assert f"trains against it gets {worst:.0%}" in said, "the trick that works best"
    assert f"at least {min(rate['share'] for rate in figures['ready_made'].values()):.0%}" in said
    fails = trained["protected"]["share"] - figures["chance"] > 0.1
    assert ("did not protect" in said) == fails
    assert figures["strength"] == unlearnable.Options().strength, "what was measured is what is done"
    assert "“mine”" in said


@pytest.mark.parametrize("wrong", [{"strength": 0}, {"strength": 99}, {"word": ""}, {"word": "x" * 81}])
def test_options_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        unlearnable.Options(**wrong)
