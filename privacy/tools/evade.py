"""Changes every face a little so that face finders miss it, and says how far that goes: not as far as a mask.

Follows equalAIs (a perturbation against finders, with words and a sign for those who read them), with gradients of
three finders instead of one step against one. What it does to finders that it does not know is measured and said
(`evade.json`, written by `manage.py evaluate_protection --tool evade`). Faces' places are all that it looks at.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from privacy import heads, marks
from privacy.evading import finders, hiding, views
from privacy.evading.finders import Suspicion
from privacy.shapes import Pixels, Rectangle
from privacy.tools import Progress, Protected

LIKENESS: Final = {"light": 0.9, "usual": 0.8, "strong": 0.7}
MEASURED: Final = Path(__file__).with_name("evade.json")

IN_WORDS: Final = {
    "centerface": "CenterFace, which we aimed at",
    "mtcnn": "MTCNN, which we aimed at",
    "ultralight": "Ultra-Light, which we aimed at",
    "dlib hog": "dlib, which we did not aim at",
    "opencv haar": "OpenCV, which we did not aim at",
    "blazeface": "BlazeFace, which we did not aim at",
}
"""The finders of the measurement, as a person hears of them."""
_AROUND: Final = 2.0  # what is looked at, as a multiple of the face's box
_LARGEST: Final = 224  # pixels: a larger face is worked on at a smaller size, and its change enlarged
SMALLEST: Final = 16
"""Pixels: a face that is lower or narrower is left as it is."""
_MOST_STEPS: Final = 400


@dataclass(frozen=True)
class Options:
    """How to evade. Raises ValueError for what cannot be done.

    `strength`: how alike the face stays ("usual": SSIM of at least .9 in its box, "light": .95). `footer`: the words
    on the photo's lower edge. `mark`: the invisible mark. `without`: finders not to attack, for measuring.
    """

    strength: str = field(
        default="usual",
        metadata={
            "label": "How much may change",
            "choices": {
                "usual": "Visible when you look closely, works better",
                "light": "Less visible, works less",
            },
        },
    )
    footer: bool = True
    mark: bool = True
    steps: int = 60
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.strength not in LIKENESS:
            raise ValueError(f"The strength must be one of: {', '.join(LIKENESS)}.")
        if not 1 <= self.steps <= _MOST_STEPS:
            raise ValueError(f"The steps must be from 1 to {_MOST_STEPS}.")
        if not set(finders.FINDERS) - set(self.without):
            raise ValueError("At least one finder must be left to hide from.")


def protect(pixels: Pixels, options: Options, progress: Progress) -> Protected:
    """Every face found in `pixels`, hidden from finders. Raises WeightsMissing without the finders' weights."""
    found = faces(pixels)
    changed = pixels.copy()
    for number, face in enumerate(found):
        _hide(changed, face, options, _part_of(progress, number, len(found)))
    if options.footer:
        changed = marks.footer(changed)
    if options.mark:
        changed = marks.sign(changed)
    progress(1)
    return Protected(changed, len(found), said(len(found), options.strength))


def _part_of(progress: Progress, number: int, of: int) -> Progress:
    return lambda share: progress((number + share) / of)


def faces(pixels: Pixels) -> list[Rectangle]:
    """The faces that are changed."""
    found = heads.find_heads(pixels)
    return [
        Rectangle(each.x, each.y, each.width, each.height)
        for each in found
        if min(each.width, each.height) >= SMALLEST
    ]


def _hide(picture: Pixels, face: Rectangle, options: Options, progress: Progress) -> None:
    """One face, changed in place."""
    part = _around(face, picture)
    clean = picture[part]
    scale = min(1.0, _LARGEST / max(face.width, face.height))
    small = _resized(clean, round(clean.shape[1] * scale), round(clean.shape[0] * scale))
    placed = (
        (face.x - part[1].start) * scale,
        (face.y - part[0].start) * scale,
        face.width * scale,
        face.height * scale,
    )
    suspicions = [suspicion(name) for name in finders.FINDERS if name not in options.without]
    plan = hiding.Plan(LIKENESS[options.strength], options.steps)
    before = views.as_tensor(small)
    change = (hiding.hide(before, placed, suspicions, plan, progress) - before)[0].mean(0).numpy()
    grown = np.asarray(
        Image.fromarray(change).resize((clean.shape[1], clean.shape[0]), Image.Resampling.BICUBIC)
    )
    picture[part] = np.clip(np.rint(clean + grown[..., None]), 0, 255).astype(np.uint8)


@cache
def suspicion(name: str) -> Suspicion:
    """That finder's, loaded once. Raises WeightsMissing."""
    return finders.FINDERS[name]()


def _around(face: Rectangle, picture: Pixels) -> tuple[slice, slice]:
    """The part of the picture that is looked at."""
    high, across = picture.shape[:2]
    left, top = face.x - face.width * (_AROUND - 1) / 2, face.y - face.height * (_AROUND - 1) / 2
    rows = slice(max(0, int(top)), min(high, int(top + face.height * _AROUND)))
    return rows, slice(max(0, int(left)), min(across, int(left + face.width * _AROUND)))


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    if (height, width) == pixels.shape[:2]:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


def said(count: int, strength: str) -> tuple[str, ...]:
    """What a person must hear: what was done and, out of the stored measurement, how far it goes."""
    if not count:
        return ("No face was found, so nothing was hidden. Look at the photo yourself.",)
    changed = "One face was changed." if count == 1 else f"{count} faces were changed."
    figures = measured(strength)
    if not figures:
        return (
            changed,
            "How well this strength works has not been measured. To be safe, cover the faces instead.",
        )
    told = [
        f"{IN_WORDS[name]}: {each['protected']['hits']} of {each['protected']['of']}"
        for name, each in figures["finders"].items()
        if name in IN_WORDS and "protected" in each
    ]
    return (
        changed,
        "This does not hide you from people, and not from every machine. In our test these programs still found so "
        f"many of the faces they had found before: {'; '.join(told)}. Random noise of the same size "
        f"hid {_hidden_by_noise(figures)}.",
        "Saving the photo smaller or squeezed can undo it, and new programs may not be fooled. To be safe, cover the "
        "faces instead.",
    )


def measured(strength: str) -> dict[str, Any]:
    """The stored measurement of that strength, as `manage.py evaluate_protection` printed it; empty if none."""
    if not MEASURED.is_file():
        return {}
    stored: list[dict[str, Any]] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return next((each for each in stored if each["strength"] == strength), {})


def _hidden_by_noise(figures: dict[str, Any]) -> str:
    noise = [each["random noise"] for name, each in figures["finders"].items() if name in IN_WORDS]
    asked = sum(each["of"] for each in noise)
    return f"{asked - sum(each['hits'] for each in noise)} of {asked} times"
