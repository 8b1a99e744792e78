"""A photo as somebody else may get it: at another size, saved as another JPEG."""

from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from privacy import passed_on
from privacy.evading.finders import Face
from privacy.shapes import Pixels

_SIZES: Final = (0.5, 1.4)
_QUALITIES: Final = (60, 95)
_SAVED_AGAIN: Final = 0.6  # of the views


def another_view(picture: Tensor, face: Face, chance: torch.Generator) -> tuple[Tensor, Face]:
    """The picture at a random size and, often, after a random JPEG; and where the face is then."""
    size, again, quality = torch.rand(3, generator=chance).tolist()
    scale = _SIZES[0] * (_SIZES[1] / _SIZES[0]) ** size
    seen = functional.interpolate(picture, scale_factor=scale, mode="bilinear", antialias=True)
    if again < _SAVED_AGAIN:
        after = saved(seen, round(_QUALITIES[0] + (_QUALITIES[1] - _QUALITIES[0]) * quality))
        seen = seen + (after - seen).detach()  # the gradient of rounding is nothing: it is passed by
    left, top, wide, tall = face
    return seen, (left * scale, top * scale, wide * scale, tall * scale)


def saved(picture: Tensor, quality: int) -> Tensor:
    """The picture after a JPEG of that quality."""
    return as_tensor(passed_on.saved(as_pixels(picture), quality))


def as_tensor(pixels: Pixels) -> Tensor:
    """1 x 3 x height x width, 0 to 255."""
    return torch.from_numpy(pixels.astype(np.float32)).permute(2, 0, 1)[None].contiguous()


def as_pixels(picture: Tensor) -> Pixels:
    """Rounded to whole grey levels."""
    whole = picture.detach()[0].clamp(0, 255).round().to(torch.uint8)
    return np.ascontiguousarray(whole.permute(1, 2, 0).numpy())
