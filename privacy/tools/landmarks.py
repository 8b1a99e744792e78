"""The 68 points of the one face that a person chose: eyes, brows, nose, mouth and the line of the jaw.

This is face geometry outside the site's engine, so nobody gets it without a `Release`; nothing is kept. The points are
dlib's (the iBUG 68, from the file that face_recognition_models installs), placed in the square that dlib's own finder
would have drawn around a box of `privacy.heads`.
"""

import hashlib
import importlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from privacy.release import Release, ReleaseMissing
from privacy.shapes import Box, Pixels

Points = NDArray[np.float64]
"""68 x 2, x and y in pixels of the photo."""

_PREDICTOR: Final = "shape_predictor_68_face_landmarks.dat"
_SHA256: Final = "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f"

# From a box of `privacy.heads` to the square that the points were trained on, in parts of the box's height: medians
# over photos in which both finders see the face (docs/models.md).
_RIGHT, _DOWN, _SIDE = -0.021, 0.049, 0.826


def points(pixels: Pixels, box: Box, release: Release) -> Points:
    """The points of the face in `box`, a box of `privacy.heads`. Raises ReleaseMissing unless somebody agreed."""
    if not isinstance(release, Release):
        raise ReleaseMissing
    half = _SIDE * box.height / 2
    x = box.x + box.width / 2 + _RIGHT * box.height
    y = box.y + box.height / 2 + _DOWN * box.height
    dlib, predictor = _loaded()
    square = dlib.rectangle(round(x - half), round(y - half), round(x + half), round(y + half))
    found = predictor(np.ascontiguousarray(pixels), square)
    return np.array([(point.x, point.y) for point in found.parts()], np.float64)


@lru_cache(maxsize=1)
def _loaded() -> tuple[Any, Any]:
    """dlib and its predictor. Raises ImportError where they are not installed, RuntimeError for another file."""
    file = model_file(_PREDICTOR)
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != _SHA256:
        raise RuntimeError(f"{file.name} is not the file it should be.")
    dlib = importlib.import_module("dlib")
    return dlib, dlib.shape_predictor(str(file))


def model_file(name: str) -> Path:
    """A file of face_recognition_models, found without running that package (it warns about its own imports)."""
    spec = find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("face_recognition_models is not installed.")
    return Path(spec.submodule_search_locations[0]) / "models" / name
