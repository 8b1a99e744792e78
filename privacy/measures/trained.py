"""A small network that learns from nothing who is who in faces: the trainer against whom `unlearnable` is measured.

It may know the trick: see no colour, or learn against noise (adversarial training, Madry et al. 2018, arXiv
1706.06083: one step).
"""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE: Final = 64
"""Pixels of a face, with some around it, as the network sees it."""
_ROUNDS: Final = 45
_BATCH: Final = 24

Faces = tuple[Tensor, Tensor]
"""N x 3 x SIDE x SIDE from 0 to 255, and the number of the person on each."""


class _Block(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()
        )
        self.second = nn.Sequential(nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after))
        self.past = nn.Conv2d(before, after, 1, 2)

    def forward(self, picture: Tensor) -> Tensor:
        return functional.relu(self.second(self.first(picture)) + self.past(picture))


def _fresh(people: int) -> nn.Module:
    return nn.Sequential(
        _Block(3, 24),
        _Block(24, 48),
        _Block(48, 96),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(96 * (SIDE // 8) ** 2, people),
    )


Trainer = Callable[[nn.Module, Tensor, Tensor], Tensor]
"""What a batch (0 to 255) becomes before the network learns from it."""


def plain(_: nn.Module, faces: Tensor, __: Tensor) -> Tensor:
    return faces


def grey(_: nn.Module, faces: Tensor, __: Tensor) -> Tensor:
    return faces.mean(1, keepdim=True).expand_as(faces)


def against(strength: float) -> Trainer:
    """The trainer adds the noise that confuses the network most, so that noise teaches it nothing."""

    def trainer(network: nn.Module, faces: Tensor, who: Tensor) -> Tensor:
        start = faces + strength * (2 * torch.rand_like(faces) - 1)
        start.requires_grad_()
        (slope,) = torch.autograd.grad(functional.cross_entropy(network(_scaled(start)), who), start)
        return (start + 1.25 * strength * slope.sign()).detach().clamp(faces - strength, faces + strength)

    return trainer


def right_answers(learnt: Faces, asked: Faces, trainer: Trainer, seed: int) -> int:
    """How many of the photos asked about a network trained on `learnt` puts to the right name."""
    torch.manual_seed(seed)
    chance = torch.Generator().manual_seed(seed)
    faces, who = learnt
    network = _fresh(int(who.max()) + 1)
    stepper = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.05)
    steps = _ROUNDS * -(-len(who) // _BATCH)
    falling = torch.optim.lr_scheduler.OneCycleLR(stepper, 4e-3, steps)
    for _ in range(steps):
        some = torch.randint(len(who), (_BATCH,), generator=chance)
        batch = trainer(network, _seen(faces[some], chance), who[some])
        stepper.zero_grad()
        functional.cross_entropy(network(_scaled(batch)), who[some]).backward()
        stepper.step()
        falling.step()
    network.eval()
    with torch.no_grad():
        pictures = grey(network, *asked) if trainer is grey else asked[0]
        return int((network(_scaled(pictures)).argmax(1) == asked[1]).sum())


def _seen(pictures: Tensor, chance: torch.Generator) -> Tensor:
    """Cut a little differently each time, mirrored or not, not quite as sharp."""
    count = len(pictures)
    size = 0.8 + 0.3 * torch.rand(count, generator=chance)
    mirrored = torch.where(torch.rand(count, generator=chance) < 0.5, -1.0, 1.0)
    shift = 0.2 * torch.rand(count, 2, generator=chance) - 0.1
    turned = torch.zeros(count, 2, 3)
    turned[:, 0, 0], turned[:, 1, 1], turned[:, :, 2] = size * mirrored, size, shift
    grid = functional.affine_grid(turned, list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)


def _scaled(faces: Tensor) -> Tensor:
    return (faces - 127.5) / 64
