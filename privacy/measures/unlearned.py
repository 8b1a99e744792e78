"""Does a network that is trained on photos changed by `unlearnable` know the people in photos that are as they were?

A folder of a folder for each person. Of those with the most photos, each person's folder is protected by itself, as its
owner would do it; then a fresh network of another kind (small residual network; the tool's own is plain) learns who is
who from all but the last two photos of each, and is asked about the last two, unchanged. The same with no noise, with
random noise of the same size, after JPEG 75, in grey, and by a trainer who knows the trick and learns against noise of
that size (adversarial training, Madry et al. 2018, arXiv 1706.06083: one step). Chance is 1 / people.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from privacy import heads, passed_on, similarity
from privacy.evading import views
from privacy.evaluation import as_published
from privacy.measures import MeasureMissing
from privacy.measures.shares import rate
from privacy.shapes import Pixels, Rectangle
from privacy.tools import unlearnable
from privacy.unlearning.shortcut import SIDE, seen

HELD_OUT: Final = 2
PEOPLE: Final = 10
_FEWEST: Final = 4  # photos of a person, so that two are learnt from
_ROUGH: Final = 75
_ROUNDS: Final = 45
_BATCH: Final = 24
_WIDER: Final = 1.2  # what the trainer cuts out, as a multiple of the face's box: not what the tool cut

Photo = tuple[Pixels, Rectangle]


def evaluate(images: Path, *, photos: int, seed: int) -> dict[str, object]:
    """Accuracies on unchanged photos. `photos` is how many of each person at most. Raises MeasureMissing."""
    people = _people(images, photos, seed)
    options = unlearnable.Options()
    learnt = [own[:-HELD_OUT] for own in people]
    asked = _cut([own[-HELD_OUT:] for own in people])
    before = time.process_time()
    protected = [_protected(own, options) for own in learnt]
    seconds = time.process_time() - before
    chance = np.random.default_rng(seed)
    noisy = [[(_noisy(photo, options.strength, chance), face) for photo, face in own] for own in learnt]
    rough = [[(passed_on.saved(photo, _ROUGH), face) for photo, face in own] for own in protected]
    trained: dict[str, dict[str, object]] = {}
    for name, own, trainer in (
        ("clean", learnt, _plain),
        ("random noise", noisy, _plain),
        ("protected", protected, _plain),
        ("protected, JPEG 75", rough, _plain),
        ("protected, trainer sees grey", protected, _grey),
        ("protected, trainer expects noise", protected, _against(options.strength)),
        ("clean, trainer expects noise", learnt, _against(options.strength)),
    ):
        right = _accuracy(_cut(own), asked, trainer, seed)
        trained[name] = rate(right, len(asked[1]))
    likeness = [_likeness(a, b) for a, b in zip(_flat(learnt), _flat(protected), strict=True)]
    return {
        "tool": "unlearnable",
        "people": len(people),
        "photos_learnt": sum(map(len, learnt)),
        "photos_asked": len(asked[1]),
        "seed": seed,
        "strength": options.strength,
        "chance": round(1 / len(people), 3),
        "trained_on": trained,
        "ssim_face": round(statistics.fmean(likeness), 3),
        "dssim_face": round((1 - statistics.fmean(likeness)) / 2, 4),
        "cpu_seconds_per_photo": round(seconds / sum(map(len, learnt)), 1),
    }


def _people(images: Path, photos: int, seed: int) -> list[list[Photo]]:
    """The people with the most photos, with the largest face of each photo."""
    folders = sorted(
        (folder for folder in images.iterdir() if folder.is_dir()),
        key=lambda folder: (-len(_pictures(folder)), folder.name),
    )
    people = []
    for folder in folders:
        own = [photo for path in _pictures(folder)[:photos] if (photo := _opened(path))]
        if len(own) >= _FEWEST:
            people.append(own)
        if len(people) == PEOPLE:
            break
    if len(people) < 2:
        raise MeasureMissing(
            f"Give a folder of folders, one for each person, at least two with {_FEWEST} photos."
        )
    chance = np.random.default_rng(seed)
    return [[own[at] for at in chance.permutation(len(own))] for own in people]


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})


def _opened(path: Path) -> Photo | None:
    pixels = as_published(path)[0]
    found = heads.find_heads(pixels)
    return (pixels, unlearnable.square_around(found[0])) if found else None


def _protected(own: list[Photo], options: unlearnable.Options) -> list[Photo]:
    done = unlearnable.protect_folder([photo for photo, _ in own], options, lambda _: None)
    return [(passed_on.saved(each.pixels, 92), face) for each, (_, face) in zip(done, own, strict=True)]


def _noisy(photo: Pixels, strength: float, chance: np.random.Generator) -> Pixels:
    changed = photo + chance.choice([-strength, strength], photo.shape)
    noisy: Pixels = np.clip(np.rint(changed), 0, 255).astype(np.uint8)
    return noisy


def _cut(people: list[list[Photo]]) -> tuple[Tensor, Tensor]:
    """Faces as the trainer cuts them out, and whose they are."""
    faces, who = [], []
    for number, own in enumerate(people):
        for photo, face in own:
            narrower = _WIDER / unlearnable.AROUND
            side = round(face.width * narrower)
            off = (face.width - side) // 2
            faces.append(unlearnable.cut(photo, Rectangle(face.x + off, face.y + off, side, side)))
            who.append(number)
    return torch.from_numpy(np.stack(faces).astype(np.float32)).permute(0, 3, 1, 2), torch.tensor(who)


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


def _plain(_: nn.Module, faces: Tensor, __: Tensor) -> Tensor:
    return faces


def _grey(_: nn.Module, faces: Tensor, __: Tensor) -> Tensor:
    return faces.mean(1, keepdim=True).expand_as(faces)


def _against(strength: float) -> Trainer:
    """The trainer adds the noise that confuses the network most, so that noise teaches it nothing."""

    def trainer(network: nn.Module, faces: Tensor, who: Tensor) -> Tensor:
        start = faces + strength * (2 * torch.rand_like(faces) - 1)
        start.requires_grad_()
        (slope,) = torch.autograd.grad(functional.cross_entropy(network(_scaled(start)), who), start)
        return (start + 1.25 * strength * slope.sign()).detach().clamp(faces - strength, faces + strength)

    return trainer


def _accuracy(
    learnt: tuple[Tensor, Tensor], asked: tuple[Tensor, Tensor], trainer: Trainer, seed: int
) -> int:
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
        batch = trainer(network, seen(faces[some], chance), who[some])
        stepper.zero_grad()
        functional.cross_entropy(network(_scaled(batch)), who[some]).backward()
        stepper.step()
        falling.step()
    network.eval()
    with torch.no_grad():
        pictures = trainer(network, asked[0], asked[1]) if trainer is _grey else asked[0]
        return int((network(_scaled(pictures)).argmax(1) == asked[1]).sum())


def _scaled(faces: Tensor) -> Tensor:
    return (faces - 127.5) / 64


def _likeness(one: Photo, other: Photo) -> float:
    """SSIM over the place where the noise lies."""
    likeness = similarity.ssim_map(views.as_tensor(one[0]), views.as_tensor(other[0]))[0]
    x, y, width, height = one[1]
    return float(likeness[max(0, y) : y + height, max(0, x) : x + width].mean())


def _flat(people: list[list[Photo]]) -> list[Photo]:
    return [photo for own in people for photo in own]
