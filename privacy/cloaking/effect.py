"""What a cloak did, in words: for this very photo, and for those of the last evaluation.

The evaluation's figures are in `measured.json` beside this file, written by `privacy.measures.cloaked` and never by
hand. For each strength they hold, for each recogniser, how often it still knew people when it was kept out.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional

from privacy.alignment import Points
from privacy.cloaking import budget
from privacy.cloaking.surrogates import Surrogate
from privacy.shapes import Pixels, Rectangle

FILE: Final = Path(__file__).with_name("measured.json")


@lru_cache(maxsize=1)
def measured() -> dict[str, Any]:
    """The figures of the last evaluation; none before the first."""
    found: dict[str, Any] = json.loads(FILE.read_text()) if FILE.is_file() else {}
    return found


def likeness(surrogate: Surrogate, one: tuple[Pixels, Points], other: tuple[Pixels, Points]) -> float:
    """How alike a recogniser finds the faces in two photos, from -1 to 1."""
    found = []
    for pixels, points in (one, other):
        photo = budget.picture_of(pixels, Rectangle(0, 0, pixels.shape[1], pixels.shape[0]))
        with torch.no_grad():
            found.append(surrogate.vector(photo, surrogate.square(points))[0])
    return float(functional.cosine_similarity(found[0], found[1], dim=-1))


def of_all_photos(strength: str) -> str:
    """The worst that a recogniser which was kept out did in the last evaluation at this strength."""
    kept_out = measured().get("strengths", {}).get(strength, {}).get("kept_out", {})
    if not kept_out:
        return "At this strength we have not measured whether it works: do not rely on it."
    worst = max(kept_out, key=lambda name: kept_out[name]["rank_1"]["rate"])
    rate = kept_out[worst]["rank_1"]
    often = _often(rate["rate"])
    advice = "do not rely on this" if rate["rate"] > 0.1 else "others may do better"
    return (
        f"We tried this on {rate['photos']} photos of {rate['people']} people. A recogniser that this tool had never "
        f"seen still knew the person in {often}: {advice}."
    )


def _often(rate: float) -> str:
    tenths = round(10 * rate)
    if tenths == 0:
        return "fewer than 1 in 10 photos" if rate else "none of them"
    return "nearly all photos" if tenths == 10 and rate < 1 else f"{tenths} in 10 photos"


def of_this_photo(name: str, like: float) -> list[str]:
    """Whether the recogniser that was kept out still takes the cloaked face for the same as before."""
    needed = measured().get("accepting", {}).get(name)
    if needed is None:
        return []
    if like > needed:
        return [
            "On this very photo, a recogniser that the tool was not made against still sees the same face as before."
        ]
    return [
        "On this very photo, a recogniser that the tool was not made against no longer sees the same face as before. "
        "Another one may."
    ]
