"""What a cloak is made to do: take a face away from its own place in every recogniser and towards a stranger's.

What a picture does to one recogniser often does nothing to the next. These things are meant to make it carry over; how
little they did for the best recogniser is in docs/decisions/0011-cloak.md. Several recognisers at once; each looks
through its own alignment, a little off and mirrored at random, at a picture that is smaller, noisier or brighter; the
change is made of layers from coarse to fine, of which the coarse ones survive saving and cost little DSSIM; and the
likeness is that of what sets a face apart from the mean face, not of what all faces share.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch.nn import functional

from privacy import alignment, similarity
from privacy.alignment import Points, Square
from privacy.cloaking.network import Tensor
from privacy.cloaking.strangers import Strangers
from privacy.cloaking.surrogates import Surrogate
from privacy.shapes import Rectangle
from privacy.tools import Progress


@dataclass(frozen=True)
class Recipe:
    """How a cloak is looked for. `layers`: pixels per point of each layer of the change; `rate`: levels of colour that
    the finest one moves in a step, each coarser one by `coarser` more;
    `towards`: how much the stranger counts; `shaken`: how far off the recognisers look, 0 for exactly."""

    steps: int = 30
    layers: tuple[int, ...] = (1, 2, 4, 8)
    rate: float = 1.5
    coarser: float = 1.3
    towards: float = 0.5
    shaken: float = 1.0
    seen_otherwise: bool = True


_TAPERED: Final = 0.08
"""The share of the region's sides over which the change fades out."""


class _Target:
    """One recogniser, where it looks, the face's own vectors (straight and mirrored) and a stranger's."""

    def __init__(self, surrogate: Surrogate, photo: Tensor, points: Points, strangers: Strangers) -> None:
        self.surrogate = surrogate
        self.square = surrogate.square(points)
        self.mean = torch.from_numpy(strangers.means[surrogate.name])
        self.people = torch.from_numpy(strangers.apart[surrogate.name])
        with torch.no_grad():
            self.own = surrogate.vectors(photo, self.square) - self.mean
        self.distances = _alike(self.people, self.own.mean(0))
        self.stranger = 0

    def likeness(self, photo: Tensor, square: Square, *, towards: float, mirrored: bool) -> Tensor:
        """How far the photo still shows this face and not yet the stranger's."""
        found = self.surrogate.vector(photo, square, mirrored=mirrored)[0] - self.mean
        return _alike(found, self.own[int(mirrored)]) - towards * _alike(found, self.people[self.stranger])


def change(
    photo: Tensor,
    points: Points,
    region: Rectangle,
    surrogates: Sequence[Surrogate],
    *,
    strangers: Strangers,
    largest: float,
    limit: float,
    recipe: Recipe,
    seed: int,
    seconds: float,
    progress: Progress,
) -> Tensor:
    """The change for `region` of `photo` (1 x 3 x height x width, RGB, 0 to 255), 1 x 3 x its height x its width.

    Its DSSIM is near `largest` (`budget.strongest` measures it on a saved file), no pixel changes by more than `limit`
    levels. The same `seed` gives the same change, unless `seconds` ran out before the recipe's steps were done.
    """
    rng, end = np.random.default_rng(seed), time.monotonic() + seconds
    targets = [_Target(surrogate, photo, points, strangers) for surrogate in surrogates]
    _choose_stranger(targets)
    layers = _Layers(region, recipe, limit, rng)
    x, y, width, height = region
    plain = photo[:, :, y : y + height, x : x + width]
    weight = 1.0
    for step in range(recipe.steps):
        face = torch.clamp(plain + layers.change(), 0, 255)
        cost = similarity.dssim(plain, face)
        seen = photo.clone()
        seen[:, :, y : y + height, x : x + width] = face
        wanted = _wanted(targets, _seen(seen, rng) if recipe.seen_otherwise else seen, recipe, rng)
        layers.step(wanted + weight * cost / largest)
        weight *= float(np.exp(0.15 * np.clip(float(cost.detach()) / largest - 1, -1, 1)))
        progress((step + 1) / recipe.steps)
        if time.monotonic() > end:
            break
    with torch.no_grad():
        return layers.change()


def _choose_stranger(targets: Sequence[_Target]) -> None:
    """The same person for all recognisers: the one whom they, together, find least alike."""
    together = sum(target.distances / target.distances.std() for target in targets)
    for target in targets:
        target.stranger = int(torch.as_tensor(together).argmin())


def _wanted(targets: Sequence[_Target], seen: Tensor, recipe: Recipe, rng: np.random.Generator) -> Tensor:
    """Summed over the recognisers, each looking a little off."""
    total = torch.zeros(())
    for target in targets:
        off = alignment.moved(
            target.square,
            target.surrogate.side,
            scale=1 + recipe.shaken * rng.uniform(-0.08, 0.08),
            turn=recipe.shaken * rng.uniform(-0.09, 0.09),
            right=recipe.shaken * rng.uniform(-0.04, 0.04),
            down=recipe.shaken * rng.uniform(-0.04, 0.04),
        )
        mirrored = bool(rng.integers(2))
        total = total + target.likeness(seen, off, towards=recipe.towards, mirrored=mirrored)
    return total


def _seen(photo: Tensor, rng: np.random.Generator) -> Tensor:
    """The photo as others may get it: smaller, with the noise of compression, in other light, or as it is."""
    what = rng.integers(4)
    if what == 0:
        smaller = functional.interpolate(
            photo, scale_factor=rng.uniform(0.5, 0.9), mode="bilinear", antialias=True
        )
        return functional.interpolate(smaller, size=photo.shape[2:], mode="bilinear")
    if what == 1:
        noise = torch.from_numpy(rng.standard_normal(tuple(photo.shape)).astype(np.float32))
        return photo + rng.uniform(0, 6) * noise
    if what == 2:
        return (photo - 128) * rng.uniform(0.8, 1.2) + 128 + rng.uniform(-15, 15)
    return photo


def _alike(one: Tensor, other: Tensor) -> Tensor:
    return functional.cosine_similarity(one, other, dim=-1)


class _Layers:
    """The change, as a sum of pictures from fine to coarse, each moved by Adam (momentum, and steps of even size)."""

    def __init__(self, region: Rectangle, recipe: Recipe, limit: float, rng: np.random.Generator) -> None:
        self.size, self.limit = (region.height, region.width), limit
        self.spacing = recipe.layers
        self.layers = [self._started(spacing, rng) for spacing in recipe.layers]
        groups: list[Mapping[str, Any]] = [
            {"params": [layer], "lr": recipe.rate * recipe.coarser**at}
            for at, layer in enumerate(self.layers)
        ]
        self.adam = torch.optim.Adam(groups, betas=(0.9, 0.99))
        self.faded = _faded(*self.size)

    def _started(self, spacing: int, rng: np.random.Generator) -> Tensor:
        height, width = (max(2, -(-side // spacing)) for side in self.size)
        noise = rng.uniform(-0.5, 0.5, (1, 3, height, width)).astype(np.float32)
        return torch.from_numpy(noise).requires_grad_()

    def change(self) -> Tensor:
        total = torch.zeros(())
        for spacing, layer in zip(self.spacing, self.layers, strict=True):
            total = total + (
                layer
                if spacing == 1
                else functional.interpolate(layer, size=self.size, mode="bicubic", align_corners=False)
            )
        return torch.clamp(total, -self.limit, self.limit) * self.faded

    def step(self, loss: Tensor) -> None:
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()


def _faded(height: int, width: int) -> Tensor:
    """1 inside, falling to 0 at the edges, so that no seam shows."""

    def along(length: int) -> Tensor:
        at = torch.arange(length) + 0.5
        return torch.clamp(torch.minimum(at, length - at) / (_TAPERED * length), 0, 1)

    return torch.outer(along(height), along(width))[None, None]
