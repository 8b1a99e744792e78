"""Where people's heads and chests are, told from their bodies: also from behind, under a helmet, bowed or hooded.

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
from privacy.boxes import strongest
from privacy.shapes import Boxes, Pixels

WEIGHTS: Final = Path(__file__).with_name("weights") / "people-a44435fac4d.onnx"
WEIGHTS_SHA256: Final = "a44435fac4df99c3cbc7dc23c47d9dd10bf34e865d5fb524e117d70b87f99a00"

_STRIDE: Final = 4  # one cell of the outputs is 4 x 4 pixels
# A head is so much of the way from its middle to between the shoulders and on to between the hips, and at least so much
# of the way to the shoulders: hips beyond the picture's edge are guessed too near. Chosen on 28 photos.
_HEAD_OF_BODY: Final = 0.41
_HEAD_OF_NECK: Final = 1.47
_HAIR: Final = 0.06  # the face's middle lies so much of a head below the head's
# A chest's square about the middle between shoulders and hips: so many times as large as that way, which is no shorter
# than so much of a head. Shoulders and belt are in it.
_CHEST_OF_BACK: Final = 1.6
_BACK_OF_HEAD: Final = 0.8

Floats = NDArray[np.float64]
Joints = Floats
"""(3, 2, N): y and x of the head, between the shoulders and between the hips, in cells of the outputs."""


def load(threads: int = 1) -> None:
    """Load the network once for this process; later calls do nothing. Raises networks.WeightsError."""
    _network.session(threads)


def heads(pixels: Pixels, floor: float) -> tuple[Boxes, NDArray[np.float32]]:
    """Squares about the heads of the people in `pixels`, taken at their own size, overlaps kept.

    A square's score says how surely there is a person (above `floor`); the second answer, how much the square's middle
    looks like a head: both 0 to 1. People from about 40 to 500 pixels high are found. Squares may hang over the edges.
    """
    joints, scores, looks_like_a_head = _people(pixels, floor)
    return _heads(joints, scores), looks_like_a_head


def chests(pixels: Pixels, floor: float, head_floor: float) -> Boxes:
    """Squares about the chests of the people in `pixels`, one for each whose head looks like one above `head_floor`.

    Otherwise as `heads`, best first.
    """
    joints, scores, looks_like_a_head = _people(pixels, floor)
    heads_of = _heads(joints, scores)
    (neck_y, neck_x), (hips_y, hips_x) = joints[1:]
    back = np.maximum(
        np.hypot(hips_y - neck_y, hips_x - neck_x),
        _BACK_OF_HEAD * (heads_of[:, 2] - heads_of[:, 0]) / _STRIDE,
    )
    squares = _squares((neck_y + hips_y) / 2, (neck_x + hips_x) / 2, _CHEST_OF_BACK * back)
    both = np.concatenate([heads_of, squares], axis=1).astype(np.float32)[looks_like_a_head > head_floor]
    one_of_each = strongest(both)
    result: Boxes = one_of_each[:, [5, 6, 7, 8, 4]]
    return result


def rest() -> None:
    """Give back the memory that earlier looks have taken."""
    side = networks.rounded_up(1)
    _network.rest({"pixels": np.zeros((1, side, side, 3), np.uint8)})


def _people(pixels: Pixels, floor: float) -> tuple[Joints, NDArray[np.float32], NDArray[np.float32]]:
    """Everybody's joints, how surely each is a person, and how much the head looks like one."""
    height, width = pixels.shape[:2]
    padded = np.zeros((1, networks.rounded_up(height), networks.rounded_up(width), 3), np.uint8)
    padded[0, :height, :width] = pixels
    outputs = _network.run(["person", "middles", "head"], {"pixels": padded})
    found, middles, heat = outputs[0][0, 0], outputs[1][0], outputs[2][0, 0]
    rows, columns = np.nonzero((found > floor) & (found >= _most_around(found, 1)))
    # middles are told from the person's middle
    joints = middles[:, rows, columns].reshape(3, 2, -1) + np.stack([rows, columns])
    at = np.clip(np.rint(joints[0]).astype(int), 0, np.array(found.shape)[:, np.newaxis] - 1)
    return joints, found[rows, columns], _most_around(heat, 2)[at[0], at[1]]


def _heads(joints: Joints, scores: NDArray[np.float32]) -> Boxes:
    """The square of each head with its person's score, in pixels."""
    neck, back = (np.hypot(*(joints[part] - joints[part + 1])) for part in (0, 1))
    side = np.maximum(np.maximum(_HEAD_OF_BODY * (neck + back), _HEAD_OF_NECK * neck), 1 / _STRIDE)
    squares = _squares(joints[0, 0] - _HAIR * side, joints[0, 1], side)
    return np.concatenate([squares, scores[:, np.newaxis]], axis=1).astype(np.float32)


def _squares(y: Floats, x: Floats, side: Floats) -> Floats:
    """Left, top, right and bottom, in pixels, of squares about points in cells."""
    return np.stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2], axis=1) * _STRIDE


def _most_around(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """The largest value within `reach` cells of each cell."""
    padded = np.pad(values, reach, constant_values=-1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * reach + 1,) * 2)
    most: NDArray[np.float32] = windows.max(axis=(2, 3))
    return most


def _weights() -> bytes:
    return networks.verified(WEIGHTS, WEIGHTS_SHA256, "people finder")


_network: Final = networks.Network(_weights)
