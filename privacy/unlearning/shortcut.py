"""One noise for all photos of a person, made so easy to learn that a network trained on them learns nothing else.

Error-minimising noise (Huang et al. 2021, arXiv 2101.04898), one for the class: a small network and the noise help each
other by turns to the smallest error (min-min), so that nothing is left to be learnt from the face. Ours tells the same
photos apart by noise alone: without any, with this one, with random ones that stand for other people's. As every side
has the same faces, it cannot learn whose face it is: no identity is measured.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE: Final = 64
"""Pixels of a face, with some around it, as the network sees it."""
GRID: Final = 32
"""The noise is drawn on so many cells a side: finer would be lost when photos are made smaller."""

_DECOYS: Final = 6
_BATCH: Final = 12
_WAVES: Final = 2
_WIDTHS: Final = (2.5, 5.0)  # cells from one crest to the next
_LEARN: Final = 4  # steps of the network between two of the noise
_NOISE_RATE: Final = 0.1


@dataclass(frozen=True)
class Plan:
    """`strength`: most grey levels that a pixel changes by. `rounds` of network and noise. `seed`: the person's own."""

    strength: float = 8.0
    rounds: int = 30
    seed: int = 0


def shortcut(faces: Tensor, plan: Plan, done: Callable[[float], None] = lambda _: None) -> Tensor:
    """The noise (1 x 1 x GRID x GRID, -1 to 1, to be stretched over the face) for `faces` (N x 3 x SIDE x SIDE, 0-255).

    Raises ValueError when there is no face.
    """
    if not len(faces):
        raise ValueError("There is no photo to make noise for.")
    chance = torch.Generator().manual_seed(plan.seed)
    free = _weave(1, chance).requires_grad_()
    decoys = torch.tanh(_weave(_DECOYS, chance))
    network = _network(plan.seed)
    learning = torch.optim.Adam(network.parameters(), lr=3e-3)
    shaping = torch.optim.Adam([free], lr=_NOISE_RATE)
    for number in range(plan.rounds):
        for step in range(_LEARN + 1):
            error = _error(network, faces, torch.tanh(free), decoys, plan.strength, chance)
            shapes_noise = step == _LEARN
            stepper = shaping if shapes_noise else learning
            stepper.zero_grad()
            error.backward()
            stepper.step()
        done((number + 1) / plan.rounds)
    return torch.tanh(free).detach()


def _weave(count: int, chance: torch.Generator) -> Tensor:
    """Beginnings of noise, each woven of a few waves with directions, widths and colours of its own.

    A pattern of single dots is lost when a photo is cut a little differently; the grain of a weave is not. Skin has
    little fine colour of its own, so colours stand out to a network. And from one beginning all people would come to
    the same noise, which then tells nobody apart.
    """
    steps = torch.arange(GRID).float()
    woven = torch.zeros(count, 3, GRID, GRID)
    for each in woven:
        for _ in range(_WAVES):
            turn, width, start, hue = (2 * math.pi * torch.rand(4, generator=chance)).tolist()
            waves = 2 * math.pi / (_WIDTHS[0] + (_WIDTHS[1] - _WIDTHS[0]) * width / (2 * math.pi))
            along = math.cos(turn) * steps[:, None] + math.sin(turn) * steps
            colour = torch.tensor([math.cos(hue + third * 2 * math.pi / 3) for third in range(3)])
            each += 2 * torch.sin(waves * along + start) * colour[:, None, None]
    return woven


def stretched(noise: Tensor, height: int, width: int) -> Tensor:
    """The noise over a face of that size."""
    return functional.interpolate(noise, (height, width), mode="bicubic", align_corners=False).clamp(-1, 1)


def _network(seed: int) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(3, 24, 5, 2, 2),
            nn.ReLU(),
            nn.Conv2d(24, 48, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(48, 64, 3, 2, 1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(256, _DECOYS + 2),
        )


def _error(
    network: nn.Module, faces: Tensor, noise: Tensor, decoys: Tensor, strength: float, chance: torch.Generator
) -> Tensor:
    """How badly the network tells the noises apart, on random photos seen at random places and sizes."""
    kinds = torch.cat([torch.zeros_like(noise), noise, decoys])
    which = torch.arange(len(kinds)).repeat_interleave(2)
    which[: _BATCH // 4] = 1  # the noise that is wanted, more often than the others
    some = faces[torch.randint(len(faces), (len(which),), generator=chance)]
    changed = some + strength * stretched(kinds[which], SIDE, SIDE)
    return functional.cross_entropy(network(seen(changed, chance) / 127.5 - 1), which)


def seen(pictures: Tensor, chance: torch.Generator) -> Tensor:
    """As whoever trains would feed them: cut a little differently, mirrored or not, not quite as sharp."""
    count = len(pictures)
    size = 0.8 + 0.3 * torch.rand(count, generator=chance)
    mirrored = torch.where(torch.rand(count, generator=chance) < 0.5, -1.0, 1.0)
    shift = 0.2 * torch.rand(count, 2, generator=chance) - 0.1
    turned = torch.zeros(count, 2, 3)
    turned[:, 0, 0], turned[:, 1, 1], turned[:, :, 2] = size * mirrored, size, shift
    grid = functional.affine_grid(turned, list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
