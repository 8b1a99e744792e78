"""The tools that take faces out of recognition's reach: one file each, found by name, none keeps a byte.

A tool is a module with a frozen dataclass `Options`, every field of it with a default, and

    def protect(pixels: Pixels, options: Options, progress: Progress) -> Protected

Options made with `choice` are offered on the page; the others only to programs. `pixels` is an upright photo (height x
width x 3, RGB, uint8), which the tool leaves as it is. A tool that measures a face has a field
`release: Release | None = None` among its options, and refuses without one (`privacy.release`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from privacy.shapes import Pixels, Rectangle

NAMES: Final = ("mask", "replace", "evade", "cloak", "unlearnable")
OFFLINE: Final = frozenset({"evade", "cloak", "unlearnable"})
"""Those that need torch and minutes, or a folder: for one's own computer. The site never imports them, even where they
could run."""

Progress = Callable[[float], None]
"""Told the share of the work that is done, from 0 to 1."""


class ToolMissing(Exception):
    """The packages that this tool needs are not installed here."""


@dataclass(frozen=True)
class Protected:
    """What a tool made of a photo: new pixels of the same size, how many faces it changed, what a person must hear.

    `boxes` are the places that a person may move or take away again, if there are such.
    """

    pixels: Pixels = field(repr=False)
    faces: int
    said: tuple[str, ...] = ()
    boxes: tuple[Rectangle, ...] = ()


def choice(default: Any, label: str, choices: Mapping[str, str]) -> Any:
    """An option that the page offers: `choices` are values in words (`privacy.options`) and what they are called."""
    return field(default=default, metadata={"label": label, "choices": choices})


def tool(name: str) -> ModuleType:
    """The tool of that name. Raises KeyError for another name and ToolMissing when it cannot run here."""
    if name not in NAMES:
        raise KeyError(name)
    try:
        return import_module(f"privacy.tools.{name}")
    except ImportError as problem:
        raise ToolMissing(name) from problem
