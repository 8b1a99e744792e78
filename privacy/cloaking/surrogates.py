"""The recognisers that a cloak is made against, each with gradients, and how each wants to see a face.

Their weights are files: dlib's comes with face_recognition_models, the others are put into a folder by
`python -m privacy.measures.fetch FOLDER`, which OVERSIGHT_ENCODERS then names. What is not there is not attacked.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import torch
from torch.nn import functional

from privacy import alignment, dlib_network
from privacy.alignment import Points, Square
from privacy.cloaking.network import Network, Tensor
from privacy.tools import landmarks

FOLDER: Final = "OVERSIGHT_ENCODERS"
NAMES: Final = ("dlib", "faceres", "mobileface", "faceplugin")


@dataclass(frozen=True)
class Surrogate:
    """A recogniser that can be followed back to the pixels.

    `side`: of the square that it looks at, in pixels. `square`: where that lies in a photo, from the face's 68 points.
    `answer`: from squares (N x 3 x side x side, RGB, 0 to 255) to vectors (N x D, of any length).
    """

    name: str
    side: int
    square: Callable[[Points], Square] = field(repr=False)
    answer: Callable[[Tensor], Tensor] = field(repr=False)

    def vectors(self, photo: Tensor, square: Square) -> Tensor:
        """What it says of the square of the photo (1 x 3 x height x width) and of its mirror image: 2 x D."""
        return torch.cat([self.vector(photo, square, mirrored=mirrored) for mirrored in (False, True)])

    def vector(self, photo: Tensor, square: Square, *, mirrored: bool = False) -> Tensor:
        """What it says of the square, or of its mirror image: 1 x D."""
        seen = cut(photo, square, self.side)
        return self.answer(seen.flip(3) if mirrored else seen)


def cut(photo: Tensor, square: Square, side: int) -> Tensor:
    """That square of the photo, 1 x 3 x side x side, bilinear; black beyond the photo's edge."""
    height, width = photo.shape[2:]
    middles = torch.arange(side, dtype=photo.dtype) + 0.5
    down, right = torch.meshgrid(middles, middles, indexing="ij")
    (a, b, c), (d, e, f) = square.tolist()
    x, y = a * right + b * down + c, d * right + e * down + f
    places = torch.stack([2 * x / width - 1, 2 * y / height - 1], dim=-1)[None]
    return functional.grid_sample(photo, places, mode="bilinear", padding_mode="zeros", align_corners=False)


def available() -> tuple[str, ...]:
    """The names of those that can run here."""
    return tuple(name for name in NAMES if _file(name).is_file())


@lru_cache(maxsize=len(NAMES))
def load(name: str) -> Surrogate:
    """Raises KeyError for another name, and OSError where its weights are not."""
    make = {"dlib": _dlib, "faceres": _faceres, "mobileface": _mobileface, "faceplugin": _faceplugin}[name]
    weights = _file(name).read_bytes()
    return make(Network(dlib_network.converted(weights) if name == "dlib" else weights))


def _file(name: str) -> Path:
    if name == "dlib":
        return landmarks.model_file("dlib_face_recognition_resnet_model_v1.dat")
    return Path(os.environ.get(FOLDER, "")) / f"{name}.onnx"


def _dlib(network: Network) -> Surrogate:
    side = dlib_network.CHIP_SIDE
    return Surrogate(
        "dlib",
        side,
        lambda points: alignment.by_corners(points, side),
        lambda seen: network(seen.permute(0, 2, 3, 1)),
    )


def _faceres(network: Network) -> Surrogate:
    mean = torch.tensor(alignment.FACERES_COLOUR)
    return Surrogate(
        "faceres",
        224,
        lambda points: alignment.by_five(points, 224, alignment.FACERES_SPREAD),
        lambda seen: network(seen.flip(1).permute(0, 2, 3, 1) - mean),
    )


def _mobileface(network: Network) -> Surrogate:
    return Surrogate(
        "mobileface",
        112,
        lambda points: alignment.by_five(points, 112),
        lambda seen: network(seen.permute(0, 2, 3, 1)),
    )


def _faceplugin(network: Network) -> Surrogate:
    return Surrogate(
        "faceplugin",
        112,
        lambda points: alignment.by_five(points, 112),
        lambda seen: network((seen - 127) / 128),
    )
