"""How much a face's edges still run as they did: what the older finders (gradient histograms, Haar's boxes) go by.

A histogram of the directions of edges in cells of 8 pixels, the face about 65 high, each cell measured against its
neighbours (Dalal and Triggs 2005, doi 10.1109/CVPR.2005.177). No finder's weights: only the picture before and after.
"""

import math
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from privacy.evading.finders import Face

_DIRECTIONS: Final = 9
_CELL: Final = 8
_NARROW: Final = math.cos(
    math.pi / _DIRECTIONS
)  # an edge counts in full along a direction, and not for the next
_MARGIN: Final = 0.1


def edges_left(picture: Tensor, changed: Tensor, face: Face, chance: torch.Generator) -> Tensor:
    """1 when the edges run as before, 0 when they have nothing to do with it: to be made smaller."""
    scale = (50 + 30 * float(torch.rand((), generator=chance))) / max(face[2], face[3])
    before, after = (_histograms(_window(each, face, scale)) for each in (picture, changed))
    return functional.cosine_similarity(before.flatten(), after.flatten(), dim=0)


def _window(picture: Tensor, face: Face, scale: float) -> Tensor:
    small = functional.interpolate(picture, scale_factor=scale, mode="bilinear", antialias=True)
    left, top, wide, tall = (number * scale for number in face)
    rows = slice(max(0, int(top - _MARGIN * tall)), int(top + tall * (1 + _MARGIN)))
    return small[:, :, rows, max(0, int(left - _MARGIN * wide)) : int(left + wide * (1 + _MARGIN))]


def _histograms(window: Tensor) -> Tensor:
    grey = window.mean(1, keepdim=True)
    across = grey[:, :, 1:-1, 2:] - grey[:, :, 1:-1, :-2]
    down = grey[:, :, 2:, 1:-1] - grey[:, :, :-2, 1:-1]
    strength = torch.sqrt(across**2 + down**2 + 0.01)
    angles = (torch.arange(_DIRECTIONS) * (math.pi / _DIRECTIONS))[:, None, None]
    along = (across * torch.cos(angles) + down * torch.sin(angles)).abs() / strength
    votes = functional.relu((along - _NARROW) / (1 - _NARROW)) * strength
    cells = functional.avg_pool2d(votes, _CELL, _CELL // 2)
    around = functional.avg_pool2d((cells**2).sum(1, keepdim=True), 3, 1, 1)
    even = cells / torch.sqrt(around + 1)
    return even - even.mean(1, keepdim=True)
