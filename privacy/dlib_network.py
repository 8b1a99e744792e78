"""dlib's template network, rewritten as an ONNX model: the same arithmetic, some fifteen times quicker on a processor.

The weights are those of face_recognition_models (dlib's `dlib_face_recognition_resnet_model_v1.dat`, public domain);
nothing is learnt or rounded here. dlib's file has no table of contents, so its tensors are found by their headers and
used in file order. The layers and their oddities are those of dlib's `dnn_face_recognition_ex.cpp`:

* a convolution with stride 2 has no padding, every other one keeps the size;
* an addition of unlike shapes fills the smaller one with zeros: channels, rows and columns, at the end;
* the affine layer after a convolution, and the mean colour before the first, are folded into its weights.
"""

import hashlib
import importlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

WEIGHTS_SHA256: Final = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"

CHIPS, TEMPLATES = "chips", "templates"
"""The model's input, N x 150 x 150 x 3 RGB of uint8, and its output, N x 128 of float32."""

CHIP_SIDE: Final = 150
TEMPLATE_SIZE: Final = 128
_MEAN_COLOUR: Final = (122.782, 117.001, 104.298)
_ONE_PIXEL: Final = 1 / 256
# Channels, blocks, and whether the first block halves the picture.
_LEVELS: Final = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
_TENSORS: Final = 59
_OPSET, _FILE_VERSION = 17, 8

Numbers = NDArray[np.float64]


def converted(weights: bytes) -> bytes:
    """dlib's file as an ONNX model: the same bytes every time. Needs `onnx`, and some 1.5 seconds.

    Raises ValueError for any other file, and ImportError without `onnx`.
    """
    if hashlib.sha256(weights).hexdigest() != WEIGHTS_SHA256:
        raise ValueError("These are not the weights of dlib's template network.")
    drawing = _Drawing(importlib.import_module("onnx"), _tensors(weights))
    drawing.draw()
    return drawing.model()


def _tensors(weights: bytes) -> Iterator[NDArray[np.float32]]:
    """dlib's tensors of 64 numbers and more, in file order: a version, four sizes, then float32."""
    found = []
    at = weights.find(b"\x01\x02")
    while at >= 0:
        tensor, end = _tensor(weights, at)
        if tensor is not None:
            found.append(tensor)
        at = weights.find(b"\x01\x02", end)
    if len(found) != _TENSORS:
        raise ValueError(f"{len(found)} tensors are not {_TENSORS}.")
    return iter(found)


def _tensor(weights: bytes, at: int) -> tuple[NDArray[np.float32] | None, int]:
    """The tensor whose header begins at `at`, if there is one, and where to look next."""
    sizes, start = [], at
    try:
        for _ in range(5):
            size, start = _whole_number(weights, start)
            sizes.append(size)
    except (ValueError, IndexError):
        return None, at + 1
    count = math.prod(sizes[1:])
    if min(sizes[1:]) < 1 or count < 64 or start + 4 * count > len(weights):
        return None, at + 1
    numbers = np.frombuffer(weights, "<f4", count, start)
    if not np.isfinite(numbers).all() or np.abs(numbers).max() > 1e4:
        return None, at + 1
    return numbers, start + 4 * count


def _whole_number(weights: bytes, at: int) -> tuple[int, int]:
    """dlib's whole numbers: a byte with the sign and how many bytes follow, then those, lowest first."""
    length = weights[at] & 15
    if not 1 <= length <= 8:
        raise ValueError("not a whole number")
    end = at + 1 + length
    value = int.from_bytes(weights[at + 1 : end], "little")
    return (-value if weights[at] & 128 else value), end


@dataclass(frozen=True, slots=True)
class _Layer:
    """What is known of a layer's output while drawing: its name, channels and side in pixels."""

    name: str
    channels: int
    side: int


@dataclass
class _Drawing:
    """The network being drawn, layer after layer, in the order in which dlib wrote its tensors."""

    onnx: Any
    tensors: Iterator[NDArray[np.float32]]
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def draw(self) -> None:
        pixels = self._node("Cast", CHIPS, to=self.onnx.TensorProto.FLOAT)
        layer = _Layer(self._node("Transpose", pixels, perm=[0, 3, 1, 2]), 3, CHIP_SIDE)
        layer = self._relu(self._convolution(layer, channels=32, kernel=7, stride=2, is_first=True))
        pooled = self._node("MaxPool", layer.name, kernel_shape=[3, 3], strides=[2, 2])
        layer = _Layer(pooled, layer.channels, (layer.side - 3) // 2 + 1)
        for channels, blocks, halves in _LEVELS:
            for number in range(blocks):
                layer = self._block(layer, channels, halves=halves and number == 0)
        flat = self._node("Flatten", self._node("GlobalAveragePool", layer.name))
        matrix = self._constant(next(self.tensors).reshape(layer.channels, TEMPLATE_SIZE))
        self._node("MatMul", flat, matrix, output=TEMPLATES)

    def _block(self, layer: _Layer, channels: int, *, halves: bool) -> _Layer:
        """Two convolutions beside the unchanged (or averaged) input, added up."""
        one = self._relu(self._convolution(layer, channels=channels, kernel=3, stride=2 if halves else 1))
        two = self._convolution(one, channels=channels, kernel=3, stride=1)
        if halves:
            average = self._node("AveragePool", layer.name, kernel_shape=[2, 2], strides=[2, 2])
            layer = _Layer(average, layer.channels, (layer.side - 2) // 2 + 1)
        side = max(layer.side, two.side)
        added = self._node("Add", self._filled(two, channels, side), self._filled(layer, channels, side))
        return self._relu(_Layer(added, channels, side))

    def _convolution(
        self, layer: _Layer, *, channels: int, kernel: int, stride: int, is_first: bool = False
    ) -> _Layer:
        numbers, affine = (next(self.tensors).astype(np.float64) for _ in range(2))
        factors, offsets = affine[:channels], affine[channels:]
        shape = (channels, layer.channels, kernel, kernel)
        weights = numbers[: math.prod(shape)].reshape(shape) * factors[:, None, None, None]
        biases = numbers[math.prod(shape) :] * factors + offsets
        if is_first:  # without padding, so that the mean colour can be taken off exactly here
            weights = weights * _ONE_PIXEL
            biases = biases - _of_mean_colour(weights)
        around = 0 if stride > 1 else kernel // 2
        constants = [self._constant(array.astype(np.float32)) for array in (weights, biases)]
        name = self._node("Conv", layer.name, *constants, kernel_shape=[kernel] * 2, strides=[stride] * 2,
                          pads=[around] * 4)  # fmt: skip
        return _Layer(name, channels, (layer.side + 2 * around - kernel) // stride + 1)

    def _relu(self, layer: _Layer) -> _Layer:
        return _Layer(self._node("Relu", layer.name), layer.channels, layer.side)

    def _filled(self, layer: _Layer, channels: int, side: int) -> str:
        more_channels, more_side = channels - layer.channels, side - layer.side
        if not more_channels and not more_side:
            return layer.name
        ends = np.array([0, 0, 0, 0, 0, more_channels, more_side, more_side], np.int64)
        return self._node("Pad", layer.name, self._constant(ends))

    def _node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"layer{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def _constant(self, numbers: NDArray[Any]) -> str:
        name = f"numbers{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(numbers), name))
        return name

    def model(self) -> bytes:
        helper, kind = self.onnx.helper, self.onnx.TensorProto
        graph = helper.make_graph(
            self.nodes,
            "dlib_face_recognition_resnet_model_v1",
            [helper.make_tensor_value_info(CHIPS, kind.UINT8, ["n", CHIP_SIDE, CHIP_SIDE, 3])],
            [helper.make_tensor_value_info(TEMPLATES, kind.FLOAT, ["n", TEMPLATE_SIZE])],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _FILE_VERSION
        self.onnx.checker.check_model(model, full_check=True)
        written: bytes = model.SerializeToString(deterministic=True)
        return written


def _of_mean_colour(weights: Numbers) -> Numbers:
    """What each filter answers to a picture of the mean colour alone. Summed exactly: the same on every processor."""
    return np.array(
        [
            math.fsum(
                mean * number
                for mean, plane in zip(_MEAN_COLOUR, of_filter, strict=True)
                for number in plane.ravel().tolist()
            )
            for of_filter in weights
        ]
    )
