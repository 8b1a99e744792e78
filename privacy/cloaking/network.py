"""A small ONNX model as torch arithmetic, so that what it says of a picture can be followed back to the pixels.

onnxruntime computes these models faster and without gradients; a cloak is made of the gradients. Only the operations
that the recognisers in `surrogates` consist of. Nothing is learnt or rounded: the answers are the model's own, to the
last few bits (tests compare them with dlib's).
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.nn import functional

Tensor = Any
"""A torch tensor: torch may be absent where types are checked."""


class UnknownOperation(ValueError):
    """The model needs an operation that is not written here."""


@dataclass(frozen=True)
class _Step:
    operation: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


class Network:
    """From a batch in the model's own layout to its answers, N x D, with gradients."""

    def __init__(self, model: bytes) -> None:
        """Raises UnknownOperation, and ImportError without `onnx`."""
        onnx = importlib.import_module("onnx")
        graph = onnx.load_from_string(model).graph
        self._constants = {
            tensor.name: torch.from_numpy(onnx.numpy_helper.to_array(tensor).copy())
            for tensor in graph.initializer
        }
        self._steps = [
            _Step(
                node.op_type,
                tuple(node.input),
                node.output[0],
                {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute},
            )
            for node in graph.node
        ]
        for step in [step for step in self._steps if step.operation == "Constant"]:
            numbers = onnx.numpy_helper.to_array(step.attributes["value"]).copy()
            self._constants[step.output] = torch.from_numpy(numbers)
        self._steps = [step for step in self._steps if step.operation != "Constant"]
        for step in self._steps:
            if step.operation not in _OPERATIONS:
                raise UnknownOperation(step.operation)
        (self._input,) = [given.name for given in graph.input if given.name not in self._constants]
        self._output = graph.output[0].name

    def __call__(self, pictures: Tensor) -> Tensor:
        """The answers to `pictures`, one row each."""
        known = {**self._constants, self._input: pictures}
        for step in self._steps:
            inputs = [known[name] for name in step.inputs if name]
            known[step.output] = _OPERATIONS[step.operation](inputs, step.attributes)
        return known[self._output].flatten(1)


def _convolution(inputs: list[Tensor], attributes: dict[str, Any]) -> Tensor:
    pictures, kernel = inputs[0], inputs[1]
    strides = attributes.get("strides", [1, 1])
    if attributes.get("auto_pad", b"NOTSET") == b"SAME_UPPER":
        ends = _same(pictures.shape[2:], kernel.shape[2:], strides)
    else:
        top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
        ends = [left, right, top, bottom]
    if ends[0] == ends[1] and ends[2] == ends[3]:
        around = (ends[2], ends[0])
    else:
        pictures, around = functional.pad(pictures, ends), (0, 0)
    bias = inputs[2] if len(inputs) > 2 else None
    return functional.conv2d(
        pictures, kernel, bias, stride=strides, padding=around, groups=attributes.get("group", 1)
    )


def _same(sides: Any, kernel: Any, strides: list[int]) -> list[int]:
    """TensorFlow's padding: as many answers as steps fit, the odd pixel at the end. Left, right, top, bottom."""
    ends: list[int] = []
    for side, reach, step in zip(sides, kernel, strides, strict=True):
        missing = max((-(-side // step) - 1) * step + reach - side, 0)
        ends = [missing // 2, missing - missing // 2, *ends]
    return ends


def _pad(inputs: list[Tensor], _: dict[str, Any]) -> Tensor:
    ends = inputs[1].tolist()
    half = len(ends) // 2
    return functional.pad(
        inputs[0], [end for axis in reversed(range(half)) for end in (ends[axis], ends[axis + half])]
    )


def _pooled(pool: Callable[..., Tensor]) -> Callable[[list[Tensor], dict[str, Any]], Tensor]:
    return lambda inputs, attributes: pool(inputs[0], attributes["kernel_shape"], attributes["strides"])


_OPERATIONS: Final[dict[str, Callable[[list[Tensor], dict[str, Any]], Tensor]]] = {
    "Abs": lambda inputs, _: inputs[0].abs(),
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "AveragePool": _pooled(functional.avg_pool2d),
    "Cast": lambda inputs, _: inputs[0].float(),
    "Conv": _convolution,
    "Flatten": lambda inputs, _: inputs[0].flatten(1),
    "GlobalAveragePool": lambda inputs, _: inputs[0].mean((2, 3), keepdim=True),
    "MatMul": lambda inputs, _: inputs[0] @ inputs[1],
    "Max": lambda inputs, _: torch.maximum(inputs[0], inputs[1]),
    "MaxPool": _pooled(functional.max_pool2d),
    "Min": lambda inputs, _: torch.minimum(inputs[0], inputs[1]),
    "Mul": lambda inputs, _: inputs[0] * inputs[1],
    "PRelu": lambda inputs, _: functional.prelu(inputs[0], inputs[1].flatten()),
    "Pad": _pad,
    "ReduceMean": lambda inputs, attributes: inputs[0].mean(
        attributes["axes"], keepdim=bool(attributes["keepdims"])
    ),
    "Relu": lambda inputs, _: inputs[0].relu(),
    "Reshape": lambda inputs, _: inputs[0].flatten(1),
    "Sub": lambda inputs, _: inputs[0] - inputs[1],
    "Transpose": lambda inputs, attributes: inputs[0].permute(attributes["perm"]),
}
