"""How alike two pictures look, with gradients: SSIM, which `privacy.measures.likeness` computes without torch.

The structural similarity of Wang et al. 2004 (Gaussian window of 11 x 11 with sigma 1.5, K1 = .01, K2 = .03, full range
255), taken on red, green and blue apart and averaged: a change of colour alone counts, which SSIM on grey would
forgive.
"""

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

_SIDE: Final = 11
_SIGMA: Final = 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim_map(one: Tensor, other: Tensor) -> Tensor:
    """SSIM at every pixel, channels averaged: N x height x width from two of N x 3 x height x width in 0 to 255."""
    mean_one, mean_other = _blurred(one), _blurred(other)
    variance_one = _blurred(one * one) - mean_one**2
    variance_other = _blurred(other * other) - mean_other**2
    together = _blurred(one * other) - mean_one * mean_other
    likeness = ((2 * mean_one * mean_other + _C1) * (2 * together + _C2)) / (
        (mean_one**2 + mean_other**2 + _C1) * (variance_one + variance_other + _C2)
    )
    return likeness.mean(dim=1)


def dssim(one: Tensor, other: Tensor) -> Tensor:
    """(1 - SSIM) / 2 over windows that lie wholly inside the picture: one number, 0 for the same picture."""
    edge = _SIDE // 2
    return (1 - ssim_map(one, other)[:, edge:-edge, edge:-edge].mean()) / 2


def _blurred(picture: Tensor) -> Tensor:
    margin = _SIDE // 2
    line = torch.arange(_SIDE, dtype=picture.dtype) - margin
    weights = torch.exp(-(line**2) / (2 * _SIGMA**2))
    weights = (weights / weights.sum()).expand(picture.shape[1], 1, _SIDE)
    padded = functional.pad(picture, [margin] * 4, mode="reflect")
    down = functional.conv2d(padded, weights[..., None], groups=picture.shape[1])
    return functional.conv2d(down, weights[..., None, :], groups=picture.shape[1])
