"""THE ONLY DOOR TO FACE GEOMETRY. Landmarks, aligned chips and templates are made here and nowhere else.

Whoever wants a face measured hands over a Permit from the gate; it is used up by it. Exactly one face is measured:
the one in the box that a person pointed at, cropped before any model sees it. Templates are dlib's 128 numbers
(Euclidean distance; they are not of unit length), from face_recognition 1.3.0.

An architecture test holds that no other module imports face_recognition or dlib.
"""

import hashlib
import importlib
import io
import resource
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from oversight.gate import Permit
from privacy.shapes import Rectangle

NAME = "dlib-resnet-1"
"""Stored with every template: templates of different engines are never compared."""

CROP_MARGIN = 0.6
"""How much around the box is cut out with it, in parts of its sides."""

FACE_PIXELS = 160
"""The crop is scaled so that the box is this high: the detector's smallest face is 40."""

SMALLEST_FACE = 24
SURE = 0.0
"""HOG scores above this are faces; scores down to WEAKEST count only when nothing better is in the box."""
WEAKEST = -0.5
_RESNET = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
_FIVE_POINTS = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"

Corners = tuple[int, int, int, int]
"""Left, top, right, bottom."""

measured = 0
"""How many faces this process has measured. For tests and audits: a refusal must leave it as it was."""


class FaceUnusable(Exception):
    """No template can be made of this face. `reason`: too_small, no_face, several_faces."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Template:
    """128 numbers measured from one face. Prints nothing, and does not travel by pickle."""

    numbers: NDArray[np.float64]

    def __repr__(self) -> str:
        return "<template>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A template does not travel.")


@lru_cache(maxsize=1)
def load() -> Any:
    """Load the models once, in the worker, before it forks. Raises RuntimeError in plain words.

    face_recognition ends the process when its models are missing, and tells Pillow to accept truncated files
    everywhere; both are undone here. From here on this process leaves no core dump, however it was started: its memory
    holds what is measured.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        models = importlib.import_module("face_recognition_models")
        _verify(Path(models.face_recognition_model_location()), _RESNET)
        _verify(Path(models.pose_predictor_five_point_model_location()), _FIVE_POINTS)
        return importlib.import_module("face_recognition.api")
    except (ImportError, SystemExit) as error:
        raise RuntimeError(
            "The face library cannot be loaded. Run `make run` again to install it."
        ) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _verify(weights: Path, sha256: str) -> None:
    if hashlib.sha256(weights.read_bytes()).hexdigest() != sha256:
        raise RuntimeError(f"{weights.name} is not the file it should be; matching will not run with it.")


def measure(*, jpeg: bytes, box: Rectangle, permit: Permit) -> Template:
    """The template of the one face in `box` (x, y, width, height in pixels of the upright photo `jpeg`).

    Raises FaceUnusable, and PermitInvalid for a used or wrong permit.
    """
    global measured
    permit.spend()
    if min(box.width, box.height) < SMALLEST_FACE:
        raise FaceUnusable("too_small")
    pixels, pointed_at = _cropped(jpeg, box)
    library = load()
    face = _only_face(library, pixels, pointed_at)
    measured += 1
    left, top, right, bottom = face
    (numbers,) = library.face_encodings(
        pixels, known_face_locations=[(top, right, bottom, left)], num_jitters=1, model="small"
    )
    return Template(numbers)


def _cropped(jpeg: bytes, box: Rectangle) -> tuple[NDArray[np.uint8], Rectangle]:
    """The pixels around the box, and the box within them: nothing outside is ever looked at."""
    side, up = round(box.width * CROP_MARGIN), round(box.height * CROP_MARGIN)
    with Image.open(io.BytesIO(jpeg)) as photo:
        left, top = max(0, box.x - side), max(0, box.y - up)
        right = min(photo.width, box.x + box.width + side)
        bottom = min(photo.height, box.y + box.height + up)
        piece = photo.convert("RGB").crop((left, top, right, bottom))
    scale = FACE_PIXELS / box.height
    piece = piece.resize((round(piece.width * scale), round(piece.height * scale)), Image.Resampling.LANCZOS)
    within = (box.x - left, box.y - top, box.width, box.height)
    return np.asarray(piece), Rectangle(*(round(number * scale) for number in within))


def _only_face(library: Any, pixels: NDArray[np.uint8], pointed_at: Rectangle) -> Corners:
    """Where in the crop the one pointed-at face is: left, top, right, bottom. Raises FaceUnusable."""
    rectangles, scores, _ = library.face_detector.run(np.ascontiguousarray(pixels), 1, WEAKEST)
    inside = [
        ((r.left(), r.top(), r.right(), r.bottom()), score)
        for r, score in zip(rectangles, scores, strict=True)
        if _centre_is_inside(r, pointed_at)
    ]
    if not inside:
        raise FaceUnusable("no_face")
    best = max(inside, key=lambda found: found[1])
    if any(score > SURE and not _overlap(face, best[0]) for face, score in inside):
        raise FaceUnusable("several_faces")
    left, top, right, bottom = best[0]
    height, width = pixels.shape[:2]
    return max(left, 0), max(top, 0), min(right, width), min(bottom, height)


def _centre_is_inside(rectangle: Any, box: Rectangle) -> bool:
    x, y, width, height = box
    centre = rectangle.center()
    return bool(x <= centre.x <= x + width and y <= centre.y <= y + height)


def _overlap(a: Corners, b: Corners) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
