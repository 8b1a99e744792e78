"""Where the face in a photo is and how it is turned upright for a recogniser, for the measuring commands alone.

Whoever starts such a command answers for the photos in the folder that is named: people who agreed, or who do not
exist, or a collection made for research. That is the release with which landmarks are asked for here.
"""

import importlib
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from privacy import heads, release
from privacy.alignment import Points, Square
from privacy.release import Release
from privacy.shapes import Box, Pixels
from privacy.tools import landmarks


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


def aligned(pixels: Pixels, square: Square, side: int) -> Pixels:
    """That square of the photo (`privacy.alignment`), `side` pixels wide; black beyond the photo's edge."""
    (a, b, c), (d, e, f) = square.tolist()
    cut = Image.fromarray(pixels).transform(
        (side, side), Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BICUBIC
    )
    return np.asarray(cut)
