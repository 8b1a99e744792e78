"""How a tool's options are written down: one way for the page, the API, the cage and the command.

Every option is words, as a form sends them: a number, a name, "yes" or "no", a box as "left,top,width,height" in per
cent of the photo. Options that take several are a list of words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import ModuleType
from typing import Any, Final, get_args, get_origin, get_type_hints

from privacy.release import Release
from privacy.shapes import Share

Words = Mapping[str, Sequence[str]]

_YES: Final = {
    "yes": True,
    "true": True,
    "on": True,
    "1": True,
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}
MOST: Final = 5_000
"""Boxes in one option: more than any photo has heads."""
LONGEST: Final = 80


class OptionRefused(ValueError):
    """An option that cannot be read or done. `name` is the option's, or empty; the words are for the person."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


def kinds(tool: ModuleType) -> dict[str, Any]:
    """The type of each option of a tool that can be written in words; others are for callers in the program."""
    hints = get_type_hints(tool.Options)
    return {
        each.name: hints[each.name] for each in fields(tool.Options) if _of(hints[each.name]) in _EXPECTED
    }


def needs_release(tool: ModuleType) -> bool:
    """Does this tool measure a face?"""
    return "release" in {each.name for each in fields(tool.Options)}


def read(tool: ModuleType, words: Words, release: Release | None = None) -> Any:
    """The `Options` of `tool` that are written in `words`; what is left out keeps its default. Raises OptionRefused."""
    known = kinds(tool)
    given: dict[str, Any] = {}
    for name, values in words.items():
        if name not in known:
            raise OptionRefused(name, f"There is no option {name!r}. There are: {', '.join(known)}.")
        given[name] = _value(name, known[name], values)
    if needs_release(tool):
        given["release"] = release
    try:
        return tool.Options(**given)
    except ValueError as problem:
        raise OptionRefused("", str(problem)) from problem


def share(text: str) -> Share:
    """A box such as "10,20,5,7.5": per cent of the photo's width and height. Raises ValueError."""
    numbers = [float(part) / 100 for part in text[:LONGEST].split(",")]
    if len(numbers) != 4 or not all(0 <= number <= 1 for number in numbers) or not numbers[2] * numbers[3]:
        raise ValueError(text)
    return Share(*numbers)


def in_words(box: Share) -> str:
    """The box as `share` reads it; no digits are lost that a pixel could see."""
    return ",".join(f"{100 * side:.4f}".rstrip("0").rstrip(".") for side in box)


def _of(kind: Any) -> Any:
    """What an option holds one or several of."""
    return get_args(kind)[0] if get_origin(kind) is tuple else kind


def _value(name: str, kind: Any, values: Sequence[str]) -> Any:
    if get_origin(kind) is tuple:
        if len(values) > MOST:
            raise OptionRefused(name, f"That is too much for {name!r}: {MOST:,} are the most.")
        return tuple(_one(name, _of(kind), word) for word in values)
    if len(values) != 1:
        raise OptionRefused(name, f"Say {name!r} once.")
    return _one(name, kind, values[0])


def _one(name: str, kind: Any, word: str) -> Any:
    readers: dict[Any, Callable[[str], Any]] = {
        bool: _YES.__getitem__,
        int: int,
        float: float,
        str: str,
        Share: share,
    }
    try:
        return readers[kind](word.strip().lower() if kind is not str else word.strip()[:LONGEST])
    except (KeyError, ValueError):
        raise OptionRefused(
            name, f"{word[:LONGEST]!r} is not what {name!r} can be: {_EXPECTED[kind]}."
        ) from None


_EXPECTED: Final = {
    bool: "write yes or no",
    int: "write a whole number",
    float: "write a number",
    str: "write a name",
    Share: "write left,top,width,height in per cent of the photo",
}
