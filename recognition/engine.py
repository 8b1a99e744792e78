"""THE ONLY DOOR TO FACE GEOMETRY. Landmarks, aligned chips and templates are made here and nowhere else.

Whoever wants a face measured hands over a Permit from the gate; it is used up by it. Exactly one face is measured:
the one in the box that a person pointed at, cropped before any model sees it. Templates are dlib's 128 numbers
(Euclidean distance; they are not of unit length), the mean of the face and its mirror image: that finds more of the
right people at the same rate of wrong ones (docs/models.md). The weights come with face_recognition 1.3.0;
`template_network` says which program computes them.

An architecture test holds that no other module imports face_recognition or dlib.
"""

import hashlib
import importlib
import resource
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from PIL import ImageFile

from oversight.gate import Permit
from privacy import dlib_network, heads
from privacy.shapes import Rectangle
from recognition import crops, face_quality, template_network
from recognition.crops import Crop
from recognition.face_quality import Quality

NAME = "dlib-resnet-1-mirror"
"""Stored with every template: templates of different engines are never compared. "Mirror": each template is the mean
of dlib's numbers for the face and for its mirror image."""

SMALLEST_FACE = 24
SURE = 0.0
"""HOG scores above this are faces; scores down to WEAKEST count only when nothing better is in the box."""
WEAKEST = -0.5

# From a box of `privacy.heads` to the square that the landmarks were trained on, in parts of the box's height.
# Medians over photos in which both are found (docs/models.md).
_SQUARE_RIGHT, _SQUARE_DOWN, _SQUARE_SIDE = -0.021, 0.049, 0.826
_CHIP_PADDING = 0.25

_FIVE_POINTS = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"

Corners = tuple[int, int, int, int]
"""Left, top, right, bottom."""

measured = 0
"""How many faces this process has measured. For tests and audits: a refusal must leave it as it was."""


class FaceUnusable(Exception):
    """No template can be made of this face. `reason` is a key of `refusals.UNUSABLE_IN_WORDS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Template:
    """128 numbers measured from one face. Prints nothing, and does not travel by pickle.

    `quality` is of the picture, not of the person: an enrolment may use it, a probe's is not kept. None where nothing
    was measured: numbers that were made up.
    """

    numbers: NDArray[np.float64]
    quality: Quality | None = None

    def __repr__(self) -> str:
        return "<template>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A template does not travel.")


@dataclass(frozen=True, slots=True)
class Models:
    """What measures a face: dlib itself, its face finder, its five landmarks and the template network."""

    dlib: Any
    detector: Any
    five_points: Any
    network: template_network.Network


@lru_cache(maxsize=1)
def load() -> Models:
    """Load the models once, in the worker, before it forks. Raises RuntimeError in plain words.

    face_recognition ends the process when its models are missing, and tells Pillow to accept truncated files
    everywhere; both are undone here. From here on this process leaves no core dump, however it was started: its memory
    holds what is measured.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        models = importlib.import_module("face_recognition_models")
        weights = _verified(models.face_recognition_model_location(), dlib_network.WEIGHTS_SHA256)
        _verified(models.pose_predictor_five_point_model_location(), _FIVE_POINTS)
        library = importlib.import_module("face_recognition.api")
        dlib = importlib.import_module("dlib")
    except (ImportError, SystemExit) as error:
        raise RuntimeError(
            "The face library cannot be loaded. Run `make run` again to install it."
        ) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    network = template_network.best(
        dlibs_own=_as_network(library.face_encoder), weights=weights, folder=settings.DATA / "models"
    )
    return Models(dlib, library.face_detector, library.pose_predictor_5_point, network)


def _verified(file: str, sha256: str) -> bytes:
    weights = Path(file).read_bytes()
    if hashlib.sha256(weights).hexdigest() != sha256:
        raise RuntimeError(f"{Path(file).name} is not the file it should be; matching will not run with it.")
    return weights


def _as_network(encoder: Any) -> template_network.Network:
    """dlib's own network, in the shape of ours."""

    def templates(chips: template_network.Chips) -> template_network.Templates:
        return np.array([encoder.compute_face_descriptor(chip) for chip in chips], np.float64)

    return templates


def measure(*, jpeg: bytes, box: Rectangle, permit: Permit) -> Template:
    """The template of the one face in `box` (x, y, width, height in pixels of the upright photo `jpeg`).

    Raises FaceUnusable, and PermitInvalid for a used or wrong permit.
    """
    global measured
    permit.spend()
    if min(box.width, box.height) < SMALLEST_FACE:
        raise FaceUnusable("too_small")
    crop, models = crops.around(jpeg=jpeg, box=box), load()
    chip, quality = _aligned(models, crop, _only_face(models, crop))
    if reason := face_quality.refusal(quality):
        raise FaceUnusable(reason)
    measured += 1
    both_ways = np.stack([chip, chip[:, ::-1]])
    return Template(models.network(both_ways).mean(axis=0), quality)


def _aligned(models: Models, crop: Crop, face: Corners) -> tuple[NDArray[np.uint8], Quality]:
    """The face turned upright and cut to 150 x 150 pixels, as the network was trained on, and how good it is."""
    square = models.dlib.rectangle(*face)
    landmarks = models.five_points(crop.pixels, square)
    chip = models.dlib.get_face_chip(crop.pixels, landmarks, dlib_network.CHIP_SIDE, _CHIP_PADDING)
    points = [(point.x, point.y) for point in landmarks.parts()]
    return chip, face_quality.of(chip=chip, points=points, side=square.width() / crop.scale)


def _only_face(models: Models, crop: Crop) -> Corners:
    """Where in the crop the one pointed-at face is. Raises FaceUnusable."""
    found = _by_gradients(models, crop) or _by_network(crop)
    if not found:
        raise FaceUnusable("no_face")
    best, _ = max(found, key=lambda face: face[1])
    if any(score > SURE and not _overlap(face, best) for face, score in found):
        raise FaceUnusable("several_faces")
    left, top, right, bottom = best
    height, width = crop.pixels.shape[:2]
    return max(left, 0), max(top, 0), min(right, width), min(bottom, height)


def _by_gradients(models: Models, crop: Crop) -> list[tuple[Corners, float]]:
    """dlib's faces whose middle is in the box, with their scores: the squares that its landmarks expect."""
    squares, scores, _ = models.detector.run(crop.pixels, 1, WEAKEST)
    faces = [(square.left(), square.top(), square.right(), square.bottom()) for square in squares]
    return [
        (face, score) for face, score in zip(faces, scores, strict=True) if _middle_is_inside(face, crop.box)
    ]


def _by_network(crop: Crop) -> list[tuple[Corners, float]]:
    """What the finder that people point with sees in the box, as dlib's squares: it knows turned faces too."""
    found = []
    for head in heads.find_heads(crop.pixels):
        half = _SQUARE_SIDE * head.height / 2
        x = head.x + head.width / 2 + _SQUARE_RIGHT * head.height
        y = head.y + head.height / 2 + _SQUARE_DOWN * head.height
        face = (round(x - half), round(y - half), round(x + half), round(y + half))
        if _middle_is_inside(face, crop.box):
            found.append((face, head.score))
    return found


def _middle_is_inside(face: Corners, box: Rectangle) -> bool:
    x, y = (face[0] + face[2]) / 2, (face[1] + face[3]) / 2
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def _overlap(a: Corners, b: Corners) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
