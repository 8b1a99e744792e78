"""How protection is measured: one module for each protecting tool, found by the tool's name, and what they share.

For offline commands alone, on photos that whoever starts them may measure. No page, job or record imports this
(docs/decisions/0010-measured-without-a-permit.md): the site measures a face through `recognition.engine` only.

A measure is a module with

    def evaluate(images: Path, **options: object) -> dict[str, object]

`images` is a folder of photos, `options` are `photos` (how many to take) and `seed` (which ones), and the answer is
what can be printed as JSON: the effect on models that were attacked and on models that were not, the same for random
noise, how much the picture suffered, and seconds.
"""

import random
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

MODULES: Final = {
    "mask": "masked",
    "replace": "replaced",
    "evade": "evaded",
    "cloak": "cloaked",
    "unlearnable": "unlearned",
    "marks": "marked",
}

_ENDINGS: Final = {".jpg", ".jpeg", ".png", ".webp"}


class MeasureMissing(Exception):
    """What this measure needs is not here: said in words that name it and how to get it."""


def measure(tool: str) -> ModuleType:
    """The measure of that tool. Raises KeyError for no tool's name, MeasureMissing when it cannot run here."""
    name = MODULES[tool]
    try:
        return import_module(f"privacy.measures.{name}")
    except ModuleNotFoundError as problem:
        raise MeasureMissing(_without(tool, problem.name or "")) from problem


def sample(images: Path, photos: int, seed: int) -> list[Path]:
    """`photos` of the photos in the folder and the folders in it: the same ones for the same seed.

    Raises MeasureMissing when there is none.
    """
    found = sorted(path for path in images.rglob("*") if path.suffix.lower() in _ENDINGS)
    if not found:
        raise MeasureMissing(f"There is no photo in {images.name}/: give a folder with JPEG or PNG files.")
    return _some(found, photos, seed)


def _some(found: Sequence[Path], photos: int, seed: int) -> list[Path]:
    chosen = random.Random(seed).sample(range(len(found)), min(photos, len(found)))  # noqa: S311 - no secret
    return [found[at] for at in sorted(chosen)]


def _without(tool: str, package: str) -> str:
    if package.startswith("privacy"):
        return f"There is no measure for {tool} in this version."
    return f"Measuring {tool} needs the package {package}, which is not installed here."
