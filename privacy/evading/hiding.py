"""Changes a face so little that a person hardly sees it, and so aptly that face finders miss it.

Steps along the gradient of the finders' suspicion with momentum (Adam), the gradient smoothed so that it does not hang
on single pixels (Dong et al. 2019, arXiv 1904.02884), each step through another random size and another random JPEG
quality (expectation over transformation, Athalye et al. 2018, arXiv 1707.07397; a JPEG's rounding is passed straight
through). The change is light and shade, no colour, fine and broad at once: SSIM forgives much colour, people do not.

The budget is likeness: SSIM over the face's box, and over the part around it that is changed too, stays at a floor,
measured after saving as JPEG.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from privacy.evading.finders import Face, Suspicion
from privacy.evading.gradients import edges_left
from privacy.evading.views import another_view, saved
from privacy.similarity import ssim_map

REACH: Final = 1.3
"""How far around the face something changes, as a multiple of its box."""
SAVED: Final = 92
"""The quality at which protected photos are saved."""

_COARSE: Final = 6  # a broad change is drawn on a grid of so many pixels
_RATES: Final = (1.2, 2.5)  # grey levels a step, fine and broad
_DEAR: Final = 400.0  # what likeness below the floor costs, against suspicion
_ROOM: Final = 0.005  # saving costs some likeness too
_EDGES: Final = 40.0  # what edges that stay cost, against suspicion
_SLACK: Final = 0.1


@dataclass(frozen=True)
class Plan:
    """SSIM over the face stays at or above `likeness`; so many `steps` are taken; `seed` draws sizes and qualities."""

    likeness: float
    steps: int
    seed: int = 0


def hide(
    picture: Tensor,
    face: Face,
    suspicions: Sequence[Suspicion],
    plan: Plan,
    done: Callable[[float], None] = lambda _: None,
) -> Tensor:
    """`picture` (1 x 3 x height x width, 0 to 255), changed around `face` alone. `done` hears the share of steps."""
    chance = torch.Generator().manual_seed(plan.seed)
    mask = _soft_edge(picture, face)
    fine = torch.zeros_like(picture[:, :1], requires_grad=True)
    broad = torch.zeros(
        1, 1, *(max(2, -(-side // _COARSE)) for side in picture.shape[2:]), requires_grad=True
    )
    stepper = torch.optim.Adam(
        [{"params": [fine], "lr": _RATES[0]}, {"params": [broad], "lr": _RATES[1]}], betas=(0.9, 0.99)
    )
    for step in range(plan.steps):
        changed = _changed(picture, fine, broad, mask)
        seen, placed = another_view(changed, face, chance)
        suspicion = torch.stack([finder(seen, placed, chance) for finder in suspicions]).sum()
        suspicion = suspicion + _EDGES * edges_left(picture, changed, face, chance)
        missing = functional.relu(plan.likeness + _ROOM - face_likeness(picture, changed, face))
        stepper.zero_grad()
        (suspicion + _DEAR * missing).backward()
        fine.grad = _smoothed(fine.grad)
        stepper.step()
        done((step + 1) / plan.steps)
    with torch.no_grad():
        return within(picture, _changed(picture, fine, broad, mask), face, plan.likeness)


def within(picture: Tensor, changed: Tensor, face: Face, likeness: float) -> Tensor:
    """`changed`, drawn towards `picture` just so far that the saved JPEG is like it enough."""

    def enough(share: float) -> bool:
        drawn = picture + share * (changed - picture)
        return float(face_likeness(picture, saved(drawn, SAVED), face)) >= likeness

    least, most = 0.0, 1.0
    if enough(most):
        return changed
    for _ in range(7):
        middle = (least + most) / 2
        least, most = (middle, most) if enough(middle) else (least, middle)
    return picture + least * (changed - picture)


def face_likeness(one: Tensor, other: Tensor, face: Face) -> Tensor:
    """SSIM over the face's box; around it, where more may change, it counts when it is less by more than `_SLACK`."""
    likeness = ssim_map(one, other)
    return torch.minimum(_inside(likeness, face), _inside(likeness, larger(face, REACH)) + _SLACK)


def larger(face: Face, times: float) -> Face:
    """The face's box, so many times as large about its middle."""
    left, top, wide, tall = face
    return left - wide * (times - 1) / 2, top - tall * (times - 1) / 2, wide * times, tall * times


def _inside(plane: Tensor, face: Face) -> Tensor:
    left, top, wide, tall = face
    return plane[:, max(0, int(top)) : int(top + tall), max(0, int(left)) : int(left + wide)].mean()


def _soft_edge(picture: Tensor, face: Face) -> Tensor:
    """1 on the face, falling to 0 at the edge of what may change."""
    left, top, wide, tall = face
    high, across = picture.shape[2:]
    x = (torch.arange(across) + 0.5 - left - wide / 2).abs() / (wide / 2)
    y = (torch.arange(high) + 0.5 - top - tall / 2).abs() / (tall / 2)
    away = torch.maximum(x[None, :], y[:, None])
    return ((REACH - away) / (REACH - 1)).clamp(0, 1)[None, None]


def _changed(picture: Tensor, fine: Tensor, broad: Tensor, mask: Tensor) -> Tensor:
    smooth = functional.interpolate(broad, picture.shape[2:], mode="bicubic", align_corners=False)
    return (picture + (fine + smooth) * mask).clamp(0, 255)


def _smoothed(gradient: Tensor | None) -> Tensor:
    assert gradient is not None  # noqa: S101 - backward has just made it
    line = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    return functional.conv2d(gradient, (line[:, None] * line)[None, None], padding=2)
