"""Options in words: one way for the page, the API, the cage and the command."""

from dataclasses import dataclass
from types import ModuleType

import pytest

from privacy import options
from privacy.options import OptionRefused
from privacy.release import Release, ReleaseMissing, given
from privacy.shapes import Share
from privacy.tools import mask


def test_words_become_options() -> None:
    words = {
        "scale": ["2"],
        "symbol": ["fist"],
        "find": ["no"],
        "keep_numbers": ["3", "4"],
        "drawn": ["10,20,5,7.5", "0,0,100,100"],
    }
    made = options.read(mask, words)
    assert made == mask.Options(
        scale=2.0,
        symbol="fist",
        find=False,
        keep_numbers=(3, 4),
        drawn=(Share(0.1, 0.2, 0.05, 0.075), Share(0, 0, 1, 1)),
    )
    assert options.read(mask, {}) == mask.Options()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("scale", ["large"]),
        ("scale", ["1.6", "2"]),
        ("find", ["perhaps"]),
        ("drawn", ["1,2,3"]),
        ("drawn", ["1,2,3,nan"]),
        ("drawn", ["1,2,3,0"]),
        ("drawn", ["1,2,3,101"]),
        ("drawn", ["1,2,3,4"] * (options.MOST + 1)),
        ("keep_numbers", ["1.5"]),
        ("blur", ["yes"]),
        ("release", ["yes"]),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, values: list[str]) -> None:
    with pytest.raises(OptionRefused) as refused:
        options.read(mask, {name: values})
    assert refused.value.name == name
    assert refused.value.sentence


def test_boxes_survive_the_way_through_words() -> None:
    box = Share(1 / 3, 2 / 7, 0.123456, 0.000111)
    assert options.share(options.in_words(box)) == pytest.approx(box, abs=1e-6)


def measuring_tool() -> ModuleType:
    """A tool that measures a face."""

    @dataclass(frozen=True)
    class Options:
        strength: str = "mid"
        release: Release | None = None

    tool = ModuleType("measuring")
    tool.Options = Options  # type: ignore[attr-defined]
    return tool


def test_a_release_is_no_option_that_can_be_written() -> None:
    tool = measuring_tool()
    assert options.needs_release(tool)
    assert not options.needs_release(mask)
    assert list(options.kinds(tool)) == ["strength"]
    with pytest.raises(OptionRefused):
        options.read(tool, {"release": ["yes"]}, given(agreed=True))
    assert options.read(tool, {"strength": ["high"]}, given(agreed=True)).release.text
    with pytest.raises(ReleaseMissing):
        given(agreed=False)
