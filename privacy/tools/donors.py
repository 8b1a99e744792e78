"""The faces of nobody that `replace` puts into photos: read from privacy/donors, chosen by skin and mouth.

Each is the mean of several people who do not exist (scripts/make_donors.py; the licence is in donors.json). A donor is
a flat picture in the measure of `privacy.tools.head_shape`, with the skin carried on beyond the face.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from privacy.shapes import Pixels
from privacy.tools import colours
from privacy.tools.colours import Lab

Points = NDArray[np.float64]

FOLDER: Final = Path(__file__).resolve().parents[1] / "donors"
SIDE: Final = 256
LEFT, TOP, WIDTH = -1.4, -1.2, 2.8
"""What a flat picture shows: its left and upper edge, and how wide and high it is."""

FOREHEAD: Final = 0.66
"""How far the face goes up from the brows, in the flat picture's measure: about to the hair."""

# Where skin is seen best in the flat picture: cheeks and the middle of the forehead (x, y, radius).
_SKIN: Final = ((-0.42, 0.38, 0.16), (0.42, 0.38, 0.16), (0.0, -0.42, 0.16))
_MOUTH_WEIGHT: Final = 150.0
_LIKE: Final = np.array([1.0, 0.3, 0.3])  # a photo's white balance moves the colours more than people differ


class UnknownDonor(ValueError):
    """There is no donor of that name."""


@dataclass(frozen=True)
class Donor:
    """One face of nobody: its name, flat picture, points (68 x 2), skin (Lab) and how far its mouth is open."""

    name: str
    pixels: Pixels = field(repr=False)
    shape: Points = field(repr=False)
    skin: Lab = field(repr=False)
    open_mouth: float


@lru_cache(maxsize=1)
def everybody() -> tuple[Donor, ...]:
    """All donors, by name."""
    return tuple(
        Donor(
            name,
            np.asarray(Image.open(FOLDER / f"{name}.jpg").convert("RGB")),
            np.array(about["shape"]),
            np.array(about["skin"]),
            about["open_mouth"],
        )
        for name, about in sorted(_told()["donors"].items())
    )


@lru_cache(maxsize=1)
def mean_shape() -> Points:
    """68 x 2: of all the made-up people, level and even on both sides."""
    return np.array(_told()["shape"])


def named(name: str) -> Donor:
    """Raises UnknownDonor."""
    for donor in everybody():
        if donor.name == name:
            return donor
    raise UnknownDonor(name)


def nearest(skin: Lab, mouth: float, without: Collection[str] = ()) -> Donor:
    """The donor whose skin and mouth are most like these; not one of those named."""

    def unlike(donor: Donor) -> float:
        return float(np.linalg.norm((donor.skin - skin) * _LIKE)) + _MOUTH_WEIGHT * abs(
            donor.open_mouth - mouth
        )

    return min((donor for donor in everybody() if donor.name not in without), key=unlike)


def made_of(person: str) -> set[str]:
    """The names of the donors that this made-up person is a part of."""
    return {name for name, about in _told()["donors"].items() if person in about["people"]}


def skin(flat: NDArray[np.uint8] | NDArray[np.float64]) -> Lab:
    """The middle colour (Lab) of cheeks and forehead in a flat picture, SIDE x SIDE x 3 of sRGB."""
    return np.asarray(np.median(colours.lab(flat[is_skin(grid())]), axis=0))


def is_skin(points: Points) -> NDArray[np.bool_]:
    """Which of these points of the flat picture (... x 2) lie on the cheeks or the middle of the forehead."""
    seen = np.zeros(points.shape[:-1], np.bool_)
    for x, y, radius in _SKIN:
        seen |= np.hypot(points[..., 0] - x, points[..., 1] - y) < radius
    return seen


def open_mouth(shape: Points) -> float:
    """The height of the gap between the lips, in the flat measure."""
    return float(np.mean(shape[65:68, 1] - shape[[63, 62, 61], 1]))


def grid() -> Points:
    """SIDE x SIDE x 2: the flat measure of every pixel of a flat picture."""
    along = (np.arange(SIDE) + 0.5) / SIDE * WIDTH
    return np.stack(np.meshgrid(LEFT + along, TOP + along), axis=-1)


def outline(shape: Points) -> Points:
    """The face's edge: the jaw from ear to ear, and over the forehead back."""
    brow = float(shape[17:27, 1].mean())
    left, right = shape[0], shape[16]
    angles = np.linspace(0, np.pi, 14)[1:-1]
    middle_x, middle_y = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    high = middle_y - (brow - FOREHEAD)
    arc = np.column_stack(
        [middle_x + (right[0] - left[0]) / 2 * np.cos(angles), middle_y - high * np.sin(angles)]
    )
    return np.concatenate([shape[:17], arc])


def inside(shape: Points) -> NDArray[np.bool_]:
    """SIDE x SIDE: where the flat picture shows the face itself."""
    corners = (outline(shape) - [LEFT, TOP]) / WIDTH * SIDE
    drawn = Image.new("1", (SIDE, SIDE))
    ImageDraw.Draw(drawn).polygon([(float(x), float(y)) for x, y in corners], fill=1)
    return np.asarray(drawn)


def _told() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FOLDER / "donors.json").read_text(encoding="utf-8"))
    return told
