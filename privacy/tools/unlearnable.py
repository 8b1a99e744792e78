"""Makes one's own photos worth little to whoever trains a network on them, from nothing, to tell people apart.

Every photo of a person gets the same pattern of broad, faint patches of colour over the face, and no two people the
same one. What a network can tell apart by straight lines it learns first (Yu et al., "Availability Attacks Create
Shortcuts", 2022), so it learns the patch and too little of the face. Broad patches outlive smaller copies and JPEG.

It works only on photos that are learnt from afterwards: not on those already taken, and not against a recogniser that
is ready made. The figures are in `unlearnable.json`. No face is measured: a pattern is drawn from a word.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from privacy import heads
from privacy.shapes import Box, Pixels, Rectangle
from privacy.tools import Progress, Protected

MEASURED: Final = Path(__file__).with_name("unlearnable.json")
TRICKS: Final = ("protected, trainer sees grey", "protected, trainer expects noise")
"""The trainers of the measurement who know of the pattern."""
NEAR_CHANCE: Final = 0.1
"""A program that is at most so much better than guessing has learnt nothing of use."""
AROUND: Final = 1.5
"""The pattern lies on the face's box, so many times as large."""
GRID: Final = 4
"""Patches along each side: finer ones were lost when photos were made smaller, and the face was learnt."""
_STEEP: Final = 1.8
"""How narrow the soft edges between patches are: 1 is all edge, and too weak."""
_FADES: Final = 0.08
"""The share of the pattern's sides over which it fades out; trainers hardly look so far from the face."""
_WEAKEST, _STRONGEST = 2.0, 24.0
_LONGEST: Final = 80

Pattern = NDArray[np.int8]
"""GRID x GRID x 3: -1 or 1, darker or lighter, for red, green and blue of each patch."""


@dataclass(frozen=True)
class Options:
    """How strong, and whose. Raises ValueError for what cannot be done.

    `strength`: grey levels, of 255, by which a pixel changes at most. `word`: the pattern is drawn from it, so say the
    same word for all photos of one person, today and later; without it a new one is made up, and told.
    """

    strength: float = 16.0
    word: str = field(default_factory=lambda: secrets.token_hex(4))

    def __post_init__(self) -> None:
        if not _WEAKEST <= self.strength <= _STRONGEST:
            raise ValueError(f"The strength must be from {_WEAKEST:g} to {_STRONGEST:g}.")
        if not 0 < len(self.word) <= _LONGEST:
            raise ValueError(f"The word must have from 1 to {_LONGEST} letters.")


def protect(pixels: Pixels, options: Options, progress: Progress) -> Protected:
    """The photo with the pattern of `options.word` on its largest face; without a face as it was."""
    found = heads.find_heads(pixels)
    progress(0.9)
    changed = laid_over(pixels, square_around(found[0]), options) if found else pixels.copy()
    progress(1)
    return Protected(changed, min(1, len(found)), said(options.word) if found else NO_FACE)


def pattern(word: str) -> Pattern:
    """The same for the same word. Its halves mirror each other, because whoever trains a network mirrors photos."""
    digest = hashlib.sha256(word.encode()).digest()
    bits = np.unpackbits(np.frombuffer(digest, np.uint8))[: GRID * GRID // 2 * 3]
    half = (bits.astype(np.int8) * 2 - 1).reshape(GRID, GRID // 2, 3)
    return np.concatenate([half, half[:, ::-1]], axis=1)


def laid_over(pixels: Pixels, place: Rectangle, options: Options) -> Pixels:
    """A copy with the pattern over `place` (which may hang over the edges)."""
    height, width = pixels.shape[:2]
    change = options.strength * stretched(pattern(options.word), place.width, place.height)
    top, left = max(0, place.y), max(0, place.x)
    bottom, right = min(height, place.y + place.height), min(width, place.x + place.width)
    part = change[top - place.y : bottom - place.y, left - place.x : right - place.x]
    changed = pixels.copy()
    changed[top:bottom, left:right] = np.clip(np.rint(changed[top:bottom, left:right] + part), 0, 255).astype(
        np.uint8
    )
    return changed


def stretched(drawn: Pattern, width: int, height: int) -> NDArray[np.float32]:
    """The pattern over a face of that size, from -1 to 1, with soft edges between its patches."""
    planes = [
        np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))
        for plane in drawn.transpose(2, 0, 1).astype(np.float32)
    ]
    fading = _fading(height)[:, None] * _fading(width)
    over: NDArray[np.float32] = np.clip(_STEEP * np.stack(planes, axis=-1), -1, 1) * fading[..., None]
    return over


def _fading(length: int) -> NDArray[np.float32]:
    """0 at both ends of a side, soon 1: no edge is seen where the pattern ends."""
    at = np.arange(length, dtype=np.float32) + 0.5
    share: NDArray[np.float32] = np.clip(np.minimum(at, length - at) / (_FADES * length), 0, 1)
    return share


def square_around(face: Box) -> Rectangle:
    """The square on which the pattern lies."""
    side = round(max(face.width, face.height) * AROUND)
    return Rectangle(face.x + face.width // 2 - side // 2, face.y + face.height // 2 - side // 2, side, side)


NO_FACE: Final = ("No face was found, so this photo was not changed.",)


def said(word: str) -> tuple[str, ...]:
    """What a person must hear: what was done and, out of the stored measurement, how far it goes."""
    return (
        f"The pattern was drawn from the word “{word}”. Use the same word for all your photos (--word {word}): one "
        "photo alone protects little.",
        "This only works where somebody trains a program from nothing on the changed photos. It does nothing against "
        "programs that are finished, nor for photos that you posted before.",
        _in_figures(measured()),
    )


def _in_figures(figures: dict[str, Any]) -> str:
    if not figures:
        return "How well it works has not been measured."
    trained = figures["trained_on"]
    fails = trained["protected"]["share"] - figures["chance"] > NEAR_CHANCE
    warned = max((trained[name] for name in TRICKS), key=lambda rate: float(rate["share"]))
    ready = min(rate["share"] for rate in figures["ready_made"].values())
    return (
        f"In our test a program trained on such photos of {figures['people']} people knew "
        f"{_percent(trained['protected'])} of new photos; without the pattern {_percent(trained['clean'])}, with "
        f"random noise {_percent(trained['random noise'])}, by guessing {figures['chance']:.0%}. Whoever expects the "
        f"trick and trains against it gets {_percent(warned)}, and recognisers that are ready made at least "
        f"{ready:.0%}." + (" So it did not protect them: treat it as an experiment." if fails else "")
    )


@cache
def measured() -> dict[str, Any]:
    """The stored measurement, as `manage.py evaluate_protection --tool unlearnable` printed it; empty if none."""
    if not MEASURED.is_file():
        return {}
    figures: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return figures


def _percent(rate: dict[str, Any]) -> str:
    return f"{rate['share']:.0%}"
