"""Puts a face of nobody in the place of a face: it still looks like a photo of a person, but of no person there is.

The face's points are measured with its owner's `Release`. From them are taken the place, the size, the turn of the head
and whether the mouth is open; the new face has the mean shape of people who do not exist (`donors`), its light and skin
are softly matched to the old one's, and it reaches from the jaw over the forehead. Everybody else's head is covered:
only paint is safe for people who were not asked. What it does not do is said in `Protected.said`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from privacy import masks
from privacy.release import Release, ReleaseMissing
from privacy.shapes import Box, Pixels
from privacy.tools import Progress, Protected, donors, faces, head_shape, landmarks, painting

SMALLEST: Final = 24
"""A lower face, in pixels, has no points to go by; it is covered."""
MOST_TURNED: Final = 35.0
"""Degrees to the side, beyond which a flat face no longer looks like one; such a face is covered."""

HAIR = (
    "Only the face is new, from the jaw to the hair line. Hair, ears, neck, clothes and the place are as they were, "
    "and people who know you may know you by them."
)
NOT_PROOF = (
    "Three of the four recognisers we measured found the person no more often than by guessing. One that looks at the "
    "whole head did, for about one photo in five, by what is around the face. A black box over the head hides more."
)
GLASSES = (
    "The new face is chosen by skin and mouth alone: it may look older or younger, more like a man or a woman. "
    "Glasses and beards disappear, and what is in front of the face, such as a hand, is painted over."
)
COVERED_INSTEAD = (
    "A face that is too small or turned too far away cannot be replaced well; it is covered instead."
)
NO_FACE = "No face was found to replace."


@dataclass(frozen=True)
class Options:
    """Which faces to replace, and with whom.

    `release`: from `privacy.release`; nothing is measured without. `faces`: their numbers in the order of
    `privacy.heads.find_heads`, from 1 (the largest). `boxes`: faces that a person drew, instead of numbers. `donor`:
    "auto" or a name of `donors`. `cover_others`: paint over every other head.
    """

    release: Release | None = None
    faces: tuple[int, ...] = (1,)
    boxes: tuple[Box, ...] = ()
    donor: str = "auto"
    cover_others: bool = True
    seed: int = 0


def protect(pixels: Pixels, options: Options, progress: Progress) -> Protected:
    """The photo with the chosen faces replaced. Raises ReleaseMissing, and donors.UnknownDonor."""
    if options.release is None:
        raise ReleaseMissing
    wanted = None if options.donor == "auto" else donors.named(options.donor)
    chosen = faces.chosen(pixels, options.faces, options.boxes)
    progress(0.2)
    made, unfit = pixels.copy(), []
    for number, face in enumerate(chosen):
        if not _replace(made, pixels, face, options, wanted):
            unfit.append(face)
        progress(0.2 + 0.6 * (number + 1) / len(chosen))
    covered = faces.others(pixels, chosen) if options.cover_others else []
    height, width = pixels.shape[:2]
    kept = [face for face in chosen if face not in unfit]
    hidden = masks.area_around(width, height, heads=[*covered, *unfit], drawn=(), kept=kept)
    progress(1.0)
    return Protected(masks.painted(made, hidden), len(chosen), tuple(_said(chosen, unfit, covered)))


def _replace(made: Pixels, pixels: Pixels, face: Box, options: Options, wanted: donors.Donor | None) -> bool:
    """Paints one new face into `made`. False when it cannot be done well."""
    if face.height < SMALLEST or options.release is None:
        return False
    found = landmarks.points(pixels, face, options.release)
    pose = head_shape.pose(found, donors.mean_shape())
    if abs(pose.turned_aside) > MOST_TURNED or pose.size < SMALLEST / 2.6:
        return False
    donor = wanted or donors.nearest(*painting.looks(pixels, found, pose))
    painting.paint(made, pixels, found, pose, donor, options.seed)
    return True


def _said(chosen: Sequence[Box], unfit: Sequence[Box], covered: Sequence[Box]) -> list[str]:
    if not chosen:
        return [NO_FACE, *([faces.COVERED_OTHERS] if covered else [])]
    said = [HAIR, GLASSES, NOT_PROOF] if len(unfit) < len(chosen) else []
    if unfit:
        said.append(COVERED_INSTEAD)
    if covered:
        said.append(faces.COVERED_OTHERS)
    return said
