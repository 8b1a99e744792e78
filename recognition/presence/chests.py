"""Where the chests of the people in a photo are, for a look of their own each.

This file decides at what size people are looked for and who is sure enough. The upper body below a head misses those
whose face does not show; a chest, from shoulders to belt, is where vest, badge and belt are.
"""

import numpy as np
from PIL import Image

from privacy import people
from privacy.networks import WeightsError
from recognition.presence.base import Box, PresenceUnavailable

LONGEST_SIDE = 512
"""Pixels at which people are looked for: one more size found more people and no better ones (docs/models.md)."""
PERSON, HEAD = 0.1, 0.1
"""Least scores of a person, and of what should be the person's head."""


def load(threads: int) -> None:
    """Load the network that finds people. Raises `PresenceUnavailable`."""
    try:
        people.load(threads)
    except WeightsError as error:
        raise PresenceUnavailable(str(error)) from error


def find_chests(photo: Image.Image) -> list[Box]:
    """Squares about chests, in pixels of `photo`, the surest person's first; they may reach over its edges."""
    scale = LONGEST_SIDE / max(photo.size)
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    small = np.asarray(photo.resize(size, Image.Resampling.BILINEAR))
    found = people.chests(small, PERSON, HEAD)
    people.rest()
    return [
        Box(*(round(float(side) / scale) for side in (x, y, right - x, down - y)))
        for x, y, right, down, _ in found
    ]
