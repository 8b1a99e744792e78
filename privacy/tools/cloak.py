"""Changes one's own face a little, so that a recogniser that learns from the photo learns somebody else.

In the manner of Fawkes (Shan et al., 2020) and LowKey (Cherepanova et al., 2021): the face looks nearly the same to
people, and several recognisers, whose weights are here, are led away from it within a stated budget. One recogniser is
always kept out, and asked afterwards what it still sees: that, and what the last evaluation measured, is said to the
person, whatever it is. A cloak is never as safe as paint.

Needs torch: without it, importing this raises ImportError, which `privacy.tools.tool` tells as ToolMissing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from privacy import masks, passed_on
from privacy.cloaking import budget, effect, making, strangers, surrogates
from privacy.cloaking.making import Effort
from privacy.release import Release, ReleaseMissing
from privacy.shapes import Box, Pixels
from privacy.tools import Progress, Protected, faces, landmarks

SMALLEST: Final = 40
"""A lower face, in pixels, is covered: recognisers enlarge it, and what a cloak adds is lost in that."""

NO_FACE: Final = "No face was found to cloak."
NOT_A_MASK: Final = (
    "You are still there for everybody to see, and people will recognise you. A cloak is only meant for machines, is "
    "broken by better ones, and photos of you that are already online are not protected by it. If you must not be "
    "recognised, cover your face."
)
LEFT_OTHERS: Final = "Other people's faces were left as they are, because you chose that."
TOO_SMALL: Final = "A face that is too small to cloak is covered instead."
ONLY_ONE: Final = (
    "Only one recogniser was here to work against, and none to check with. Expect that others still know you."
)


@dataclass(frozen=True)
class Options:
    """Which face to cloak, and how much.

    `release`: from `privacy.release`; nothing is measured without. `faces`: their numbers in the order of
    `privacy.heads.find_heads`, from 1 (the largest). `boxes`: faces that a person drew, instead of numbers. `strength`:
    low, mid or high. `cover_others`: paint over every other head. `kept_out`: the recogniser that is not attacked but
    asked. `seconds`: the most that one face may take; the same `seed` gives the same picture while they suffice.
    Raises ValueError for another strength or recogniser.
    """

    release: Release | None = None
    faces: tuple[int, ...] = (1,)
    boxes: tuple[Box, ...] = ()
    strength: str = field(
        default="mid",
        metadata={
            "label": "How strong",
            "choices": {
                "low": "Hardly visible, hardly protects",
                "mid": "Visible when you look closely",
                "high": "Visible",
            },
        },
    )
    cover_others: bool = True
    kept_out: str = "faceres"
    seconds: float = 120.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.strength not in budget.LARGEST:
            raise ValueError(f"strength: {', '.join(budget.LARGEST)}.")
        if self.kept_out not in surrogates.NAMES:
            raise ValueError(f"kept_out: {', '.join(surrogates.NAMES)}.")


def protect(pixels: Pixels, options: Options, progress: Progress = lambda _: None) -> Protected:
    """The photo with the chosen faces cloaked. Raises ReleaseMissing."""
    release = options.release
    if release is None:
        raise ReleaseMissing
    chosen = faces.chosen(pixels, options.faces, options.boxes)
    fit = [face for face in chosen if min(face.width, face.height) >= SMALLEST]
    made = pixels
    told: list[str] = []
    for number, face in enumerate(fit):
        made = _cloaked(made, face, release, options, _part(progress, number, len(fit)))
        told += _told(pixels, made, face, release, options)
    unfit = [face for face in chosen if face not in fit]
    covered = faces.others(pixels, chosen) if options.cover_others else []
    height, width = pixels.shape[:2]
    hidden = masks.area_around(width, height, heads=[*covered, *unfit], drawn=(), kept=fit)
    progress(1.0)
    said = _said(told, fit, unfit, covered, options)
    return Protected(masks.painted(made, hidden), len(chosen), tuple(dict.fromkeys(said)))


def _part(progress: Progress, number: int, of: int) -> Progress:
    """Progress of one face among several; the heads that are covered afterwards are the last tenth."""
    return lambda share: progress(0.9 * (number + share) / of)


def attacked(kept_out: str) -> tuple[str, ...]:
    """The recognisers at hand that are worked against: all but the one kept out, unless there is no other."""
    known = [name for name in surrogates.available() if name in strangers.load().means]
    return tuple(name for name in known if name != kept_out) or tuple(known)


def _cloaked(pixels: Pixels, face: Box, release: Release, options: Options, progress: Progress) -> Pixels:
    points = landmarks.points(pixels, face, release)
    against = [surrogates.load(name) for name in attacked(options.kept_out)]
    effort = Effort(strength=options.strength, seed=options.seed, seconds=options.seconds)
    return making.cloaked(np.ascontiguousarray(pixels), points, against, effort, progress)


def _told(pixels: Pixels, made: Pixels, face: Box, release: Release, options: Options) -> list[str]:
    """What the recogniser that was kept out says of this very photo, if it is here."""
    if options.kept_out not in surrogates.available() or options.kept_out in attacked(options.kept_out):
        return [ONLY_ONE]
    seen = surrogates.load(options.kept_out)
    plain, cloaked = (passed_on.saved(each, budget.QUALITY) for each in (pixels, made))
    likeness = effect.likeness(
        seen,
        (plain, landmarks.points(plain, face, release)),
        (cloaked, landmarks.points(cloaked, face, release)),
    )
    return effect.of_this_photo(options.kept_out, likeness)


def _said(
    told: Sequence[str], fit: Sequence[Box], unfit: Sequence[Box], covered: Sequence[Box], options: Options
) -> list[str]:
    said = [NO_FACE] if not fit and not unfit else []
    if fit:
        said += [effect.of_all_photos(options.strength), *told, NOT_A_MASK]
    if unfit:
        said.append(TOO_SMALL)
    if covered:
        said.append(faces.COVERED_OTHERS)
    elif not options.cover_others:
        said.append(LEFT_OTHERS)
    return said
