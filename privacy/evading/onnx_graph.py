"""Runs a small convolutional ONNX network in torch, so that its answer has a gradient with regard to the picture.

Only the operations that our finders are made of; another one is refused when the file is read, not when it is run.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional

Settings = dict[str, Any]
Operation = Callable[[Sequence[Tensor], Settings], Tensor]


class UnknownOperation(ValueError):
    """The network holds an operation that is not translated here."""


class Graph:
    """The part of an ONNX network that leads to some tensors, as a function of one picture.

    Raises UnknownOperation when that part holds one, KeyError when the network computes no tensor of a wanted name.
    """

    def __init__(self, model: bytes, wanted: Sequence[str]) -> None:
        graph = onnx.load_from_string(model).graph
        self._constants = {
            each.name: torch.from_numpy(np.array(numpy_helper.to_array(each))) for each in graph.initializer
        }
        (self._input,) = (each.name for each in graph.input if each.name not in self._constants)
        self._wanted = tuple(wanted)
        self._nodes = []
        for node in _leading_to(wanted, graph.node):
            if node.op_type == "Constant":
                value = numpy_helper.to_array(node.attribute[0].t)
                self._constants[node.output[0]] = torch.from_numpy(np.array(value))
            else:
                self._nodes.append((_operation(node), tuple(node.input), node.output[0], _settings(node)))

    def __call__(self, picture: Tensor) -> list[Tensor]:
        """The wanted tensors for a picture of 1 x 3 x height x width."""
        known = {**self._constants, self._input: picture}
        for operation, inputs, output, settings in self._nodes:
            known[output] = operation([known[name] for name in inputs], settings)
        return [known[name] for name in self._wanted]


def _leading_to(wanted: Sequence[str], nodes: Sequence[Any]) -> list[Any]:
    """The nodes that the wanted tensors need, in the file's order, which computes before it uses."""
    made = {name for node in nodes for name in node.output}
    if missing := set(wanted) - made:
        raise KeyError(*missing)
    needed, kept = set(wanted), []
    for node in reversed(nodes):
        if needed & set(node.output):
            needed |= set(node.input)
            kept.append(node)
    return kept[::-1]


def _operation(node: Any) -> Operation:
    try:
        return _OPERATIONS[node.op_type]
    except KeyError:
        raise UnknownOperation(f"The network's {node.op_type} is not translated to torch.") from None


def _settings(node: Any) -> Settings:
    return {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}


def _padding(settings: Settings) -> tuple[int, int]:
    top, left, bottom, right = settings.get("pads", (0, 0, 0, 0))
    if (top, left) != (bottom, right):
        raise UnknownOperation("The network pads one side more than the other.")
    return top, left


def _convolved(inputs: Sequence[Tensor], settings: Settings) -> Tensor:
    picture, weight, *bias = inputs
    return functional.conv2d(
        picture,
        weight,
        bias[0] if bias else None,
        tuple(settings["strides"]),
        _padding(settings),
        tuple(settings["dilations"]),
        settings["group"],
    )


def _widened(inputs: Sequence[Tensor], settings: Settings) -> Tensor:
    picture, weight, *bias = inputs
    return functional.conv_transpose2d(
        picture,
        weight,
        bias[0] if bias else None,
        tuple(settings["strides"]),
        _padding(settings),
        groups=settings["group"],
        dilation=tuple(settings["dilations"]),
    )


def _normalised(inputs: Sequence[Tensor], settings: Settings) -> Tensor:
    picture, weight, bias, mean, variance = inputs
    return functional.batch_norm(picture, mean, variance, weight, bias, eps=settings["epsilon"])


_OPERATIONS: Final[dict[str, Operation]] = {
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "BatchNormalization": _normalised,
    "Concat": lambda inputs, settings: torch.cat(tuple(inputs), settings["axis"]),
    "Conv": _convolved,
    "ConvTranspose": _widened,
    "Mul": lambda inputs, _: inputs[0] * inputs[1],
    "Relu": lambda inputs, _: functional.relu(inputs[0]),
    "Sigmoid": lambda inputs, _: torch.sigmoid(inputs[0]),
}
