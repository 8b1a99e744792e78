"""Where people's heads are, told from their bodies: also from behind, under a helmet, bowed or hooded.

One pass of MoveNet MultiPose (a small fully convolutional network, Apache-2.0; docs/decisions/0013-whole-heads.md
says where the weights come from and how they were made into this file). Its published form locates 17 joints, among
them eyes, ears and nose: measurements of a face, which only the legal gate may permit. In this file these five are
one: their weights were averaged before it was written, so the network gives the middle of the head and never a part
of a face.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from privacy import networks
from privacy.shapes import Boxes, Pixels

WEIGHTS: Final = Path(__file__).with_name("weights") / "people-a44435fac4d.onnx"
WEIGHTS_SHA256: Final = "a44435fac4df99c3cbc7dc23c47d9dd10bf34e865d5fb524e117d70b87f99a00"

_STRIDE: Final = 4  # one cell of the outputs is 4 x 4 pixels
# From the middle of the head to between the shoulders, and on to between the hips: a head is 0.45 of that high (median
# of 457 people on 16 photos; two thirds within a quarter of it).
_HEAD_OF_BODY: Final = 0.445
_HAIR: Final = 0.06  # the face's middle lies so much of a head below the head's


def load(threads: int = 1) -> None:
    """Load the network once for this process; later calls do nothing. Raises networks.WeightsError."""
    _network.session(threads)


def heads(pixels: Pixels, floor: float) -> tuple[Boxes, NDArray[np.float32]]:
    """Squares about the heads of the people in `pixels`, taken at their own size, overlaps kept.

    A square's score says how surely there is a person (above `floor`); the second answer, how much the square's middle
    looks like a head: both 0 to 1. People from about 40 to 500 pixels high are found. Squares may hang over the edges.
    """
    height, width = pixels.shape[:2]
    padded = np.zeros((1, networks.rounded_up(height), networks.rounded_up(width), 3), np.uint8)
    padded[0, :height, :width] = pixels
    found, middles, heat = _network.run(["person", "middles", "head"], {"pixels": padded})
    return _decoded(found[0, 0], middles[0], heat[0, 0], floor)


def rest() -> None:
    """Give back the memory that earlier looks have taken."""
    side = networks.rounded_up(1)
    _network.rest({"pixels": np.zeros((1, side, side, 3), np.uint8)})


def _decoded(
    found: NDArray[np.float32], middles: NDArray[np.float32], heat: NDArray[np.float32], floor: float
) -> tuple[Boxes, NDArray[np.float32]]:
    rows, columns = np.nonzero((found > floor) & (found >= _most_around(found, 1)))
    # y and x of the head, between the shoulders and between the hips, in cells from the person's middle
    points = middles[:, rows, columns].reshape(3, 2, -1) + np.stack([rows, columns])
    at = np.clip(np.rint(points[0]).astype(int), 0, np.array(found.shape)[:, np.newaxis] - 1)
    looks_like_a_head = _most_around(heat, 2)[at[0], at[1]]
    neck, back = (np.hypot(*(points[part] - points[part + 1])) for part in (0, 1))
    side = np.maximum(_HEAD_OF_BODY * (neck + back), 1 / _STRIDE)
    y, x = points[0, 0] - _HAIR * side, points[0, 1]
    squares = np.stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2], axis=1) * _STRIDE
    scored = np.concatenate([squares, found[rows, columns][:, np.newaxis]], axis=1).astype(np.float32)
    return scored, looks_like_a_head


def _most_around(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """The largest value within `reach` cells of each cell."""
    padded = np.pad(values, reach, constant_values=-1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * reach + 1,) * 2)
    most: NDArray[np.float32] = windows.max(axis=(2, 3))
    return most


def _weights() -> bytes:
    return networks.verified(WEIGHTS, WEIGHTS_SHA256, "people finder")


_network: Final = networks.Network(_weights)
