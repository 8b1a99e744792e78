"""Where the face in a photo is and how it is turned upright for a recogniser, for the measuring commands alone.

Whoever starts such a command answers for the photos in the folder that is named: people who agreed, or who do not
exist, or a collection made for research. That is the release with which landmarks are asked for here.
"""

import importlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from privacy import heads, release
from privacy.release import Release
from privacy.shapes import Box, Pixels
from privacy.tools import landmarks

Points = NDArray[np.float64]
"""N x 2, x and y in pixels of the photo."""


def middle_face(pixels: Pixels) -> heads.Head | None:
    """The face nearest to the middle of the photo, as collections of people's photos have it. None without one."""
    height, width = pixels.shape[:2]
    found = heads.find_heads(pixels)
    return min(
        found,
        key=lambda head: np.hypot(head.x + (head.width - width) / 2, head.y + (head.height - height) / 2),
        default=None,
    )


def found_by_gradients(pixels: Pixels) -> bool:
    """Does dlib's detector, which shares nothing with `privacy.heads`, see a face?"""
    squares, _, _ = _detector().run(np.ascontiguousarray(pixels), 1, 0.0)
    return len(squares) > 0


@lru_cache(maxsize=1)
def _detector() -> Any:
    return importlib.import_module("dlib").get_frontal_face_detector()


def points(pixels: Pixels, box: Box) -> Points:
    """The 68 points of the face in `box` (a box of `privacy.heads`)."""
    return landmarks.points(pixels, box, callers_release())


def callers_release() -> Release:
    """Of whoever started the measuring command, for the photos in the folder that they named."""
    return release.given(agreed=True)


def five(points68: Points) -> Points:
    """Both eyes, the tip of the nose and both corners of the mouth, as most recognisers are aligned by."""
    eyes = points68[36:42].mean(axis=0), points68[42:48].mean(axis=0)
    return np.array([*eyes, points68[30], points68[48], points68[54]])


def aligned(pixels: Pixels, found: Points, wanted: Sequence[tuple[float, float]], side: int) -> Pixels:
    """A square of `side` pixels cut out so that the points `found` lie nearest to those `wanted` in it.

    Turned, moved and scaled, nothing else (Umeyama, "Least-squares estimation of transformation parameters", 1991).
    """
    turn, move = similarity(found, np.asarray(wanted, np.float64))
    back = np.linalg.inv(turn)
    (a, b), (c, d) = back.tolist()
    e, f = (-back @ move).tolist()
    cut = Image.fromarray(pixels).transform(
        (side, side), Image.Transform.AFFINE, (a, b, e, c, d, f), Image.Resampling.BICUBIC
    )
    return np.asarray(cut)


def similarity(found: Points, wanted: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 2 x 2 matrix and the shift that bring `found` nearest to `wanted` without bending anything."""
    middle_found, middle_wanted = found.mean(axis=0), wanted.mean(axis=0)
    one, other = found - middle_found, wanted - middle_wanted
    left, strengths, right = np.linalg.svd(other.T @ one)
    mirror = np.array([1.0, np.sign(np.linalg.det(left @ right))])
    turn = left @ np.diag(mirror) @ right * float((strengths * mirror).sum() / (one**2).sum())
    return turn, middle_wanted - turn @ middle_found
