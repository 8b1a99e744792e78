"""MTCNN's three networks (Zhang et al. 2016, arXiv 1604.02878) in torch: a cascade that finds faces, boxes only.

The weights are those inside the MIT-licensed `facenet-pytorch` 2.6.0; the part of the last network that locates eyes,
nose and mouth is dropped on loading, since that is a measurement of a face. Pictures are N x 3 x height x width, RGB,
0 to 255.
"""

import io
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from privacy.weights import verified

NET_SIDES: Final = (12, 24, 48)
FILES: Final = {
    "pnet.pt": "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f",
    "rnet.pt": "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86",
    "onet.pt": "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d",
}
"""What holds the weights of the three networks, and the files' SHA-256."""
_LANDMARKS: Final = "dense6_3"


class _Heads(nn.Module):
    """The trunk's features into two answers: is it a face (logit, face minus no face), and how to move the box."""

    def __init__(self, trunk: nn.Module, face: nn.Module, move: nn.Module) -> None:
        super().__init__()
        self.trunk, self.face, self.move = trunk, face, move

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        features = self.trunk((picture - 127.5) * 0.0078125)
        scores = self.face(features)
        return scores[:, 1] - scores[:, 0], self.move(features)


class _Flat(nn.Module):
    """Features as a row, width first: the order that the published weights were stored in."""

    def forward(self, features: Tensor) -> Tensor:
        return features.permute(0, 3, 2, 1).reshape(len(features), -1)


def _trunk(*layers: tuple[str, nn.Module]) -> nn.Module:
    return nn.Sequential(OrderedDict(layers))


def _proposing() -> nn.Module:
    trunk = _trunk(
        ("conv1", nn.Conv2d(3, 10, 3)),
        ("prelu1", nn.PReLU(10)),
        ("pool1", nn.MaxPool2d(2, 2, ceil_mode=True)),
        ("conv2", nn.Conv2d(10, 16, 3)),
        ("prelu2", nn.PReLU(16)),
        ("conv3", nn.Conv2d(16, 32, 3)),
        ("prelu3", nn.PReLU(32)),
    )
    return _Heads(trunk, nn.Conv2d(32, 2, 1), nn.Conv2d(32, 4, 1))


def _refining() -> nn.Module:
    trunk = _trunk(
        ("conv1", nn.Conv2d(3, 28, 3)),
        ("prelu1", nn.PReLU(28)),
        ("pool1", nn.MaxPool2d(3, 2, ceil_mode=True)),
        ("conv2", nn.Conv2d(28, 48, 3)),
        ("prelu2", nn.PReLU(48)),
        ("pool2", nn.MaxPool2d(3, 2, ceil_mode=True)),
        ("conv3", nn.Conv2d(48, 64, 2)),
        ("prelu3", nn.PReLU(64)),
        ("flat", _Flat()),
        ("dense4", nn.Linear(576, 128)),
        ("prelu4", nn.PReLU(128)),
    )
    return _Heads(trunk, nn.Linear(128, 2), nn.Linear(128, 4))


def _deciding() -> nn.Module:
    trunk = _trunk(
        ("conv1", nn.Conv2d(3, 32, 3)),
        ("prelu1", nn.PReLU(32)),
        ("pool1", nn.MaxPool2d(3, 2, ceil_mode=True)),
        ("conv2", nn.Conv2d(32, 64, 3)),
        ("prelu2", nn.PReLU(64)),
        ("pool2", nn.MaxPool2d(3, 2, ceil_mode=True)),
        ("conv3", nn.Conv2d(64, 64, 3)),
        ("prelu3", nn.PReLU(64)),
        ("pool3", nn.MaxPool2d(2, 2, ceil_mode=True)),
        ("conv4", nn.Conv2d(64, 128, 2)),
        ("prelu4", nn.PReLU(128)),
        ("flat", _Flat()),
        ("dense5", nn.Linear(1152, 256)),
        ("prelu5", nn.PReLU(256)),
    )
    return _Heads(trunk, nn.Linear(256, 2), nn.Linear(256, 4))


@dataclass(frozen=True)
class Cascade:
    """The three networks, each giving a logit for "face" and a move of the box, for windows of `NET_SIDES`."""

    proposing: nn.Module
    refining: nn.Module
    deciding: nn.Module


def load() -> Cascade:
    """The cascade. Raises `privacy.weights.WeightsMissing`."""
    networks = _proposing(), _refining(), _deciding()
    for network, (name, sha256), heads in zip(
        networks, FILES.items(), ("conv4", "dense5", "dense6"), strict=True
    ):
        content = io.BytesIO(verified(name, sha256))
        weights = torch.load(content, map_location="cpu", weights_only=True)
        network.load_state_dict({_ours(key, heads): w for key, w in weights.items() if _LANDMARKS not in key})
        network.eval().requires_grad_(False)
    return Cascade(*networks)


def _ours(key: str, heads: str) -> str:
    layer, _, kind = key.partition(".")
    return f"{ {f'{heads}_1': 'face', f'{heads}_2': 'move'}.get(layer, 'trunk.' + layer) }.{kind}"
