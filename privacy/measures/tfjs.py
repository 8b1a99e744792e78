"""Rewrites a small TensorFlow.js graph model (a `.json` and a `.bin`) as an ONNX model: the same numbers.

Only the operations that the recognisers of `encoders` are made of. Layers stay in TensorFlow's order (pictures,
rows, columns, channels); each convolution is put between two transpositions, which onnxruntime cancels out.
Source of the format: the TensorFlow.js converter's "graph model" (modelTopology, weightsManifest).
"""

import base64
import importlib
import json
import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_OPSET, _FILE_VERSION = 17, 8

_SAME: Final = {
    "Add": "Add",
    "AddV2": "Add",
    "Sub": "Sub",
    "Mul": "Mul",
    "Maximum": "Max",
    "Minimum": "Min",
    "Relu": "Relu",
    "Abs": "Abs",
    "MatMul": "MatMul",
}
_CONVOLUTIONS: Final = {"Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"}


class UnknownOperation(ValueError):
    """The model needs an operation that is not written here."""


def converted(model: bytes, weights: bytes, output: str) -> bytes:
    """An ONNX model from the pictures to the layer named `output`. Needs `onnx`.

    `model` is the `.json` file, `weights` the `.bin`. Raises UnknownOperation.
    """
    described = json.loads(model)
    graph = _Graph(described, dict(_constants(described, weights)))
    return graph.model_of(output)


def _constants(described: dict[str, Any], weights: bytes) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each tensor of the file by name: float32 or int32, some of them kept as float16."""
    at = 0
    for group in described["weightsManifest"]:
        for entry in group["weights"]:
            kept = entry.get("quantization", {}).get("dtype", entry["dtype"])
            kind = np.dtype({"float32": "<f4", "int32": "<i4", "float16": "<f2"}[kept])
            count = math.prod(entry["shape"])
            numbers = np.frombuffer(weights, kind, count, at).reshape(entry["shape"])
            at += count * kind.itemsize
            yield entry["name"], numbers.astype(entry["dtype"])


class _Graph:
    def __init__(self, described: dict[str, Any], constants: dict[str, NDArray[Any]]) -> None:
        self.onnx: Any = importlib.import_module("onnx")
        self.constants = constants
        self.topology = {node["name"]: node for node in described["modelTopology"]["node"]}
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []
        self.drawn: dict[str, str] = {}

    def model_of(self, output: str) -> bytes:
        (pictures,) = [node for node in self.topology.values() if node["op"] == "Placeholder"]
        sides = [int(d["size"]) for d in pictures["attr"]["shape"]["shape"]["dim"]]
        self.drawn[pictures["name"]] = "pictures"
        last = self._layer(output)
        helper, kind = self.onnx.helper, self.onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes,
            "converted",
            [helper.make_tensor_value_info("pictures", kind, ["n", *sides[1:]])],
            [helper.make_tensor_value_info(last, kind, None)],
            self.tensors,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _FILE_VERSION
        written: bytes = model.SerializeToString(deterministic=True)
        return written

    def _layer(self, name: str) -> str:
        """The ONNX name of that layer, drawn with all it needs if it is not there yet."""
        name = name.split(":")[0].lstrip("^")
        if name not in self.drawn:
            node = self.topology[name]
            self.drawn[name] = (
                self._tensor(self.constants[name]) if node["op"] == "Const" else self._operation(node)
            )
        return self.drawn[name]

    def _operation(self, node: dict[str, Any]) -> str:
        operation, inputs = node["op"], node["input"]
        if operation in _CONVOLUTIONS:
            return self._convolution(node)
        if operation in _SAME:
            return self._node(_SAME[operation], *map(self._layer, inputs))
        if operation == "Pad":
            ends = self.constants[inputs[1]].T.ravel().astype(np.int64)
            return self._node("Pad", self._layer(inputs[0]), self._tensor(ends))
        if operation == "Reshape":
            shape = self.constants[inputs[1]].astype(np.int64)
            return self._node("Reshape", self._layer(inputs[0]), self._tensor(shape))
        if operation == "Mean":
            axes = self.constants[inputs[1]].ravel().tolist()
            return self._node("ReduceMean", self._layer(inputs[0]), axes=axes, keepdims=0)
        if operation == "Squeeze":
            axes = [int(axis) for axis in node["attr"]["squeeze_dims"]["list"]["i"]]
            return self._node("Squeeze", self._layer(inputs[0]), self._tensor(np.array(axes, np.int64)))
        raise UnknownOperation(operation)

    def _convolution(self, node: dict[str, Any]) -> str:
        """With its bias where TensorFlow fused one. A depthwise one has a group for each channel."""
        attributes, inputs = node["attr"], node["input"]
        kernel = self.constants[inputs[1]]
        groups = 1
        if "Depthwise" in node["op"]:
            groups = kernel.shape[2]
            kernel = kernel.reshape(*kernel.shape[:2], 1, -1)
        fused = [base64.b64decode(word) for word in _listed(attributes, "fused_ops")]
        if fused not in ([], [b"BiasAdd"], [b"BiasAdd", b"Relu"]):
            raise UnknownOperation(str(fused))
        constants = [self._tensor(kernel.transpose(3, 2, 0, 1))]
        if fused:
            constants.append(self._tensor(self.constants[inputs[2]]))
        same = base64.b64decode(attributes["padding"]["s"]) == b"SAME"
        pictures = self._node("Transpose", self._layer(inputs[0]), perm=[0, 3, 1, 2])
        found = self._node(
            "Conv",
            pictures,
            *constants,
            group=groups,
            strides=[int(step) for step in _listed(attributes, "strides", "i")[1:3]],
            auto_pad="SAME_UPPER" if same else "VALID",
        )
        found = self._node("Relu", found) if b"Relu" in fused else found
        return self._node("Transpose", found, perm=[0, 2, 3, 1])

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"layer{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def _tensor(self, numbers: NDArray[Any]) -> str:
        name = f"numbers{len(self.tensors)}"
        self.tensors.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(numbers), name))
        return name


def _listed(attributes: dict[str, Any], name: str, kind: str = "s") -> list[Any]:
    found: list[Any] = attributes.get(name, {}).get("list", {}).get(kind, [])
    return found
