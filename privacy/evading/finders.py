"""How strongly each face finder still sees a face at a place: numbers with a gradient, for making them smaller.

A suspicion is 0 once the finder is sure, with a margin, that there is no face; pictures are 1 x 3 x height x width,
RGB, 0 to 255, and a face is its box in pixels of that picture (left, top, width, height).
"""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from privacy import centerface
from privacy.evading import mtcnn
from privacy.evading.onnx_graph import Graph
from privacy.weights import verified

Face = tuple[float, float, float, float]
Suspicion = Callable[[Tensor, Face, torch.Generator], Tensor]

_LOGIT: Final = "536"  # CenterFace's heat before its sigmoid: where that is flat, this still has a slope
ULTRALIGHT: Final = (
    "fr_detect.onnx",
    "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854",
)
ULTRALIGHT_SCORES: Final = (("319", 8), ("365", 16), ("405", 32), ("437", 64))
"""Where that network says "face" or not, before reordering, and how many pixels apart its answers are."""
_CELL: Final = 4
_SURE: Final = -1.5  # a logit below this is "no face" with room to spare
_CENTERFACE_SURE: Final = -3.0  # that one is usually asked for all above a probability of .2, not .6
_MIDDLE: Final = 0.8  # of the face's box: a finder's answer is given about its middle
_STRIDE: Final = 2  # of MTCNN's first network
_WINDOWS: Final = 8


def centerface_suspicion() -> Suspicion:
    """CenterFace's. Raises `privacy.networks.WeightsError`."""
    graph = Graph(centerface.network_file(), [_LOGIT])

    def suspicion(picture: Tensor, face: Face, _: torch.Generator) -> Tensor:
        logits = graph(_to_multiple(picture, 32))[0][0, 0]
        return _above(logits[_cells(face, _CELL, logits.shape)], _CENTERFACE_SURE)

    return suspicion


def ultralight_suspicion() -> Suspicion:
    """Ultra-Light-Fast-Generic-Face-Detector's (RFB, made for pictures of 320 x 240)."""
    graph = Graph(verified(*ULTRALIGHT), [name for name, _ in ULTRALIGHT_SCORES])

    def suspicion(picture: Tensor, face: Face, chance: torch.Generator) -> Tensor:
        longest = 240 + 160 * float(torch.rand((), generator=chance))
        scale = longest / max(picture.shape[2:])
        small = functional.interpolate(picture, scale_factor=scale, mode="bilinear", antialias=True)
        scores = graph((_to_multiple(small, 64) - 127) / 128)
        placed = tuple(number * scale for number in face)
        return _above(
            torch.cat(
                [
                    _face_logits(each)[(..., *_cells(placed, stride, each.shape[2:]))].flatten()
                    for each, (_, stride) in zip(scores, ULTRALIGHT_SCORES, strict=True)
                ]
            )
        )

    return suspicion


def _face_logits(scores: Tensor) -> Tensor:
    """Of each anchor's two channels: face minus no face."""
    return scores[0, 1::2] - scores[0, ::2]


def mtcnn_suspicion() -> Suspicion:
    """MTCNN's: all three networks, at sizes and places as its own cascade would look at the face."""
    cascade = mtcnn.load()

    def suspicion(picture: Tensor, face: Face, chance: torch.Generator) -> Tensor:
        proposed = _proposed(cascade, picture, face, chance)
        second = cascade.refining(_windows(picture, face, 24, chance))[0]
        third = cascade.deciding(_windows(picture, face, 48, chance))[0]
        return proposed + functional.relu(second - _SURE).mean() + functional.relu(third - _SURE).mean()

    return suspicion


def _proposed(cascade: mtcnn.Cascade, picture: Tensor, face: Face, chance: torch.Generator) -> Tensor:
    """The first network's, with the face 9 to 17 pixels high: its window is 12, and steps in size are 0.7."""
    high = 9 + 8 * float(torch.rand((), generator=chance))
    scale = high / max(face[2], face[3])
    small = functional.interpolate(picture, scale_factor=scale, mode="area")
    down, across = (max(0, 2 * mtcnn.NET_SIDES[0] - length) for length in small.shape[2:])
    logits = cascade.proposing(functional.pad(small, (0, across, 0, down)))[0][0]
    left, top, wide, tall = (number * scale for number in face)
    window = mtcnn.NET_SIDES[0] / 2
    moved = (left - window, top - window, wide, tall)  # an answer stands at its window's corner
    return _above(logits[_cells(moved, _STRIDE, logits.shape)])


def _above(logits: Tensor, sure: float = _SURE) -> Tensor:
    """How far the highest answers stand above "sure", the highest counting most."""
    return functional.relu(torch.logsumexp(logits.flatten(), 0) - sure)


def _cells(face: Face, cell: int, shape: torch.Size) -> tuple[slice, slice]:
    """The answers about the middle of the face, at least one."""
    left, top, wide, tall = face
    return (
        _span(top + tall / 2, tall * _MIDDLE / 2, cell, shape[0]),
        _span(left + wide / 2, wide * _MIDDLE / 2, cell, shape[1]),
    )


def _span(middle: float, reach: float, cell: int, length: int) -> slice:
    first = min(max(0, int((middle - reach) / cell)), length - 1)
    return slice(first, max(first + 1, min(length, int((middle + reach) / cell) + 1)))


def _windows(picture: Tensor, face: Face, side: int, chance: torch.Generator) -> Tensor:
    """Squares around the face, shifted and sized by chance, each `side` pixels: what the cascade hands on."""
    left, top, wide, tall = face
    shift = 0.3 * torch.rand(_WINDOWS, 2, generator=chance) - 0.15
    size = max(wide, tall) * (0.8 + 0.4 * torch.rand(_WINDOWS, generator=chance))
    middle = torch.tensor([left + wide / 2, top + tall / 2]) + shift * size[:, None]
    steps = (torch.arange(side) + 0.5) / side - 0.5
    x = middle[:, :1] + steps * size[:, None]
    y = middle[:, 1:] + steps * size[:, None]
    high, across = picture.shape[2:]
    grid = torch.stack(
        [
            (2 * x[:, None, :].expand(-1, side, -1) / across) - 1,
            (2 * y[:, :, None].expand(-1, -1, side) / high) - 1,
        ],
        dim=-1,
    )
    smaller = min(1.0, 1.5 * side / max(wide, tall))
    source = functional.interpolate(picture, scale_factor=smaller, mode="area") if smaller < 1 else picture
    return functional.grid_sample(
        source.expand(_WINDOWS, -1, -1, -1), grid, padding_mode="border", align_corners=False
    )


def _to_multiple(picture: Tensor, side: int) -> Tensor:
    down, across = (-length % side for length in picture.shape[2:])
    return functional.pad(picture, (0, across, 0, down))


FINDERS: Final[dict[str, Callable[[], Suspicion]]] = {
    "centerface": centerface_suspicion,
    "mtcnn": mtcnn_suspicion,
    "ultralight": ultralight_suspicion,
}
"""The finders that are attacked, by name."""
