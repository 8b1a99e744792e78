"""How much a picture may suffer for a cloak: the published budgets, and the largest change that keeps to one.

The measure is DSSIM, (1 - SSIM) / 2, of the square around the face that is changed: Shan et al., "Fawkes", 2020, whose
budgets for its settings low, mid and high these are. It is taken between what the photo is saved as with the cloak and
without it, as JPEG of quality 92: what people see side by side. Saving alone already costs .006 to .010 of it, so
against the unsaved pixels no budget below that could be kept by anybody. LPIPS, the other usual measure, needs a
network whose weights could not be had, and is not measured.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import torch

from privacy import passed_on, similarity
from privacy.cloaking.network import Tensor
from privacy.shapes import Pixels, Rectangle

LARGEST: Final = {"low": 0.004, "mid": 0.012, "high": 0.017}
"""DSSIM that each strength may cost."""
QUALITY: Final = 92
_TRIES: Final = 9
_MOST_GROWN: Final = 1.5


def cost(pixels: Pixels, changed: Pixels, region: Rectangle) -> float:
    """The DSSIM between both photos, saved, inside `region`."""
    plain, other = (picture_of(passed_on.saved(each, QUALITY), region) for each in (pixels, changed))
    with torch.no_grad():
        return float(similarity.dssim(plain, other))


def picture_of(pixels: Pixels, region: Rectangle) -> Tensor:
    """That part of a photo as 1 x 3 x height x width of float32."""
    x, y, width, height = region
    part = np.ascontiguousarray(pixels[y : y + height, x : x + width].transpose(2, 0, 1), np.float32)
    return torch.from_numpy(part)[None]


def strongest(
    pixels: Pixels, region: Rectangle, largest: float, changed: Callable[[float], Pixels]
) -> Pixels:
    """`changed(share)` with the largest share that costs at most `largest`; `pixels` itself if none does."""
    best, low, high = pixels, 0.0, _MOST_GROWN
    for _ in range(_TRIES):
        share = (low + high) / 2
        tried = changed(share)
        if cost(pixels, tried, region) <= largest:
            best, low = tried, share
        else:
            high = share
    return best
