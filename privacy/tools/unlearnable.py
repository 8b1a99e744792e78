"""Makes a folder of one's own photos worth little to whoever trains a network on them. Offline only, on many photos.

All faces that are protected together get the same noise, which a network learns instead of the face. It works only on
photos that are learnt from afterwards: not on those already taken, not against a recogniser that is ready made, and
not against somebody who knows of it and takes it off (the figures are in `unlearnable.json`).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

from privacy import heads
from privacy.shapes import Pixels, Rectangle
from privacy.tools import Progress, Protected
from privacy.unlearning import shortcut

MEASURED: Final = Path(__file__).with_name("unlearnable.json")
NEAR_CHANCE: Final = 0.1
"""A program that is at most so much better than guessing has learnt nothing of use."""
AROUND: Final = 1.5
"""The noise lies on the face's box, so many times as large."""
_WEAKEST, _STRONGEST = 2.0, 24.0
_MOST_ROUNDS: Final = 1000
_MAKING: Final = 0.9  # of the work: the noise; then it is laid over the photos


@dataclass(frozen=True)
class Options:
    """How strong. Raises ValueError for what cannot be done.

    `strength`: most grey levels, of 255, by which a pixel changes. `rounds`: how long the noise is worked on.
    """

    strength: float = 14.0
    rounds: int = 6

    def __post_init__(self) -> None:
        if not _WEAKEST <= self.strength <= _STRONGEST:
            raise ValueError(f"The strength must be from {_WEAKEST:g} to {_STRONGEST:g}.")
        if not 1 <= self.rounds <= _MOST_ROUNDS:
            raise ValueError(f"The rounds must be from 1 to {_MOST_ROUNDS}.")


def protect(pixels: Pixels, options: Options, progress: Progress) -> Protected:
    """One photo, as a folder of one: weak, and it says so."""
    (protected,) = protect_folder([pixels], options, progress)
    return protected


def protect_folder(photos: Sequence[Pixels], options: Options, progress: Progress) -> list[Protected]:
    """The largest face of each photo under one and the same noise; photos without a face come back as they were.

    `photos` are of one person. The noise is drawn from the photos themselves, so that no two people's are alike.
    """
    places = [_largest(photo) for photo in photos]
    faces = [cut(photo, place) for photo, place in zip(photos, places, strict=True) if place]
    if not faces:
        progress(1)
        return [Protected(photo.copy(), 0, said(0)) for photo in photos]
    seen = torch.from_numpy(np.stack(faces).astype(np.float32)).permute(0, 3, 1, 2)
    plan = shortcut.Plan(options.strength, options.rounds, _seed(faces))
    noise = shortcut.shortcut(seen, plan, lambda share: progress(_MAKING * share))
    done = [
        Protected(laid_over(photo, place, noise, options.strength), 1, said(len(faces)))
        if place
        else Protected(photo.copy(), 0, said(0))
        for photo, place in zip(photos, places, strict=True)
    ]
    progress(1)
    return done


def laid_over(pixels: Pixels, place: Rectangle, noise: torch.Tensor, strength: float) -> Pixels:
    """A copy with the noise, stretched over `place` (which may hang over the edges)."""
    height, width = pixels.shape[:2]
    change = strength * shortcut.stretched(noise, place.height, place.width)[0].permute(1, 2, 0).numpy()
    top, left = max(0, place.y), max(0, place.x)
    bottom, right = min(height, place.y + place.height), min(width, place.x + place.width)
    changed = pixels.copy()
    part = (
        changed[top:bottom, left:right]
        + change[top - place.y : bottom - place.y, left - place.x : right - place.x]
    )
    changed[top:bottom, left:right] = np.clip(np.rint(part), 0, 255).astype(np.uint8)
    return changed


def cut(pixels: Pixels, place: Rectangle) -> Pixels:
    """The face as the network sees it: SIDE pixels square, grey where the place hangs over the edge."""
    x, y, width, height = place
    picture = Image.fromarray(pixels).crop((x, y, x + width, y + height))
    return np.asarray(
        picture.resize((shortcut.SIDE, shortcut.SIDE), Image.Resampling.BILINEAR, reducing_gap=2)
    )


def _largest(pixels: Pixels) -> Rectangle | None:
    found = heads.find_heads(pixels)
    return square_around(found[0]) if found else None


def square_around(head: heads.Head) -> Rectangle:
    """The square on which the noise lies."""
    side = round(max(head.width, head.height) * AROUND)
    return Rectangle(head.x + head.width // 2 - side // 2, head.y + head.height // 2 - side // 2, side, side)


def _seed(faces: Sequence[Pixels]) -> int:
    digest = hashlib.sha256(b"".join(face.tobytes() for face in faces)).digest()
    return int.from_bytes(digest[:6], "big")


def said(photos: int) -> tuple[str, ...]:
    """What a person must hear: what was done and, out of the stored measurement, how far it goes."""
    if not photos:
        return ("No face was found, so this photo was not changed.",)
    return (
        f"{photos} photos were changed together, with one noise of their own."
        if photos > 1
        else "One photo alone protects little: this is for a whole folder of your photos.",
        "This only works where somebody trains on the changed photos. It does nothing against programs that are "
        "finished, nor for photos that you posted before.",
        _in_figures(measured()),
    )


def _in_figures(figures: dict[str, Any]) -> str:
    if not figures:
        return "How well it works has not been measured."
    trained = figures["trained_on"]
    fails = trained["protected"]["share"] - figures["chance"] > NEAR_CHANCE
    return (
        f"In our test a program trained on such photos of {figures['people']} people knew "
        f"{_percent(trained['protected'])} of new photos; without noise {_percent(trained['clean'])}, with random "
        f"noise {_percent(trained['random noise'])}, by guessing {figures['chance']:.0%}. Whoever expects the trick "
        f"and trains against it gets {_percent(trained['protected, trainer expects noise'])}."
        + (" So it did not protect them: treat it as an experiment." if fails else "")
    )


def measured() -> dict[str, Any]:
    """The stored measurement, as `manage.py evaluate_protection --tool unlearnable` printed it; empty if none."""
    if not MEASURED.is_file():
        return {}
    figures: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return figures


def _percent(rate: dict[str, Any]) -> str:
    return f"{rate['share']:.0%}"
