"""Does a network that is trained on photos changed by `unlearnable` know the people in photos that are as they were?

A folder of a folder for each person. Of those with the most photos, each person's folder is protected by itself, as its
owner would do it; then a fresh network (`trained`) learns who is who from all but the last two photos of each, and is
asked about the last two, unchanged. The same with no noise, with random noise of the same size, after JPEG 75, in grey,
and by a trainer who knows the trick. Chance is 1 / people. Recognisers that are ready made are shown the same photos
and learn nothing: they only compare.
"""

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch
from PIL import Image

from privacy import heads, passed_on
from privacy.evaluation import as_published
from privacy.heads import Head
from privacy.measures import MeasureMissing, encoders, likeness, trained
from privacy.measures.encoders import Encoder
from privacy.measures.shares import rate
from privacy.measures.trained import SIDE, Faces, Trainer
from privacy.shapes import Box, Pixels
from privacy.tools import unlearnable

HELD_OUT: Final = 2
PEOPLE: Final = 10
_FEWEST: Final = 4  # photos of a person, so that two are learnt from
_ROUGH: Final = 75
_WIDER: Final = 1.2  # what the trainer cuts out, as a multiple of the face's box: not what the tool cut

Photo = tuple[Pixels, Head]


def evaluate(
    images: Path, *, photos: int, seed: int, times: int = 2, strength: float = 16.0
) -> dict[str, object]:
    """Accuracies on unchanged photos. `photos` is how many of each person at most; `times` is how often everything is
    learnt anew, with other patterns, noise and networks, and asked again. Raises MeasureMissing.
    """
    people = _people(images, photos, seed)
    learnt = [own[:-HELD_OUT] for own in people]
    asked = [own[-HELD_OUT:] for own in people]
    right: Counter[str] = Counter()
    ready: Counter[str] = Counter()
    alike: list[float] = []
    seconds = 0.0
    for turn in range(seed, seed + times):
        before = time.process_time()
        protected = [_protected(own, f"{turn} {who}", strength) for who, own in enumerate(learnt)]
        seconds += time.process_time() - before
        alike += [_likeness(a, b) for a, b in zip(_flat(learnt), _flat(protected), strict=True)]
        for name, own, trainer in _lessons(learnt, protected, strength, turn):
            right[name] += trained.right_answers(_cut(own), _cut(asked), trainer, turn)
        for name in encoders.available():
            ready[name] += _known(encoders.load(name), protected, asked)
    asked_of = times * sum(map(len, asked))
    return {
        "tool": "unlearnable",
        "people": len(people),
        "photos_learnt": sum(map(len, learnt)),
        "photos_asked": sum(map(len, asked)),
        "times": times,
        "seed": seed,
        "strength": strength,
        "chance": round(1 / len(people), 3),
        "trained_on": {name: rate(hits, asked_of) for name, hits in right.items()},
        "ready_made": {name: rate(hits, asked_of) for name, hits in ready.items()},
        "ssim_face": round(statistics.fmean(alike), 3),
        "dssim_face": round((1 - statistics.fmean(alike)) / 2, 4),
        "cpu_seconds_per_photo": round(seconds / (times * sum(map(len, learnt))), 2),
    }


def _lessons(
    learnt: list[list[Photo]], protected: list[list[Photo]], strength: float, seed: int
) -> Iterator[tuple[str, list[list[Photo]], Trainer]]:
    """What is learnt from, and how."""
    chance = np.random.default_rng(seed)
    noisy = [[(_noisy(photo, strength, chance), face) for photo, face in own] for own in learnt]
    rough = [[(passed_on.saved(photo, _ROUGH), face) for photo, face in own] for own in protected]
    yield "clean", learnt, trained.plain
    yield "random noise", noisy, trained.plain
    yield "protected", protected, trained.plain
    yield "protected, JPEG 75", rough, trained.plain
    yield "protected, trainer sees grey", protected, trained.grey
    yield "protected, trainer expects noise", protected, trained.against(strength)
    yield "clean, trainer expects noise", learnt, trained.against(strength)


def _known(encoder: Encoder, learnt: list[list[Photo]], asked: list[list[Photo]]) -> int:
    """How many of the photos asked about a ready-made recogniser, shown the ones learnt from, puts to the right name:
    the name whose photos are nearest on average."""
    names = np.stack([np.mean([encoder.encode(*photo) for photo in own], axis=0) for own in learnt])
    found = [np.argmax([names @ encoder.encode(*photo) for photo in own], axis=1) for own in asked]
    return sum(int((guesses == who).sum()) for who, guesses in enumerate(found))


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
    return (pixels, found[0]) if found else None


def _protected(own: list[Photo], word: str, strength: float) -> list[Photo]:
    """As its owner would do it, and saved."""
    options = unlearnable.Options(strength, word)
    return [
        (passed_on.saved(unlearnable.laid_over(photo, unlearnable.square_around(face), options), 92), face)
        for photo, face in own
    ]


def _noisy(photo: Pixels, strength: float, chance: np.random.Generator) -> Pixels:
    changed = photo + chance.choice([-strength, strength], photo.shape)
    noisy: Pixels = np.clip(np.rint(changed), 0, 255).astype(np.uint8)
    return noisy


def _cut(people: list[list[Photo]]) -> Faces:
    """Faces as the trainer cuts them out, and whose they are."""
    faces, who = [], []
    for number, own in enumerate(people):
        for photo, face in own:
            faces.append(_seen_by_trainer(photo, face))
            who.append(number)
    return torch.from_numpy(np.stack(faces).astype(np.float32)).permute(0, 3, 1, 2), torch.tensor(who)


def _seen_by_trainer(photo: Pixels, face: Box) -> Pixels:
    side = round(max(face.width, face.height) * _WIDER)
    left, top = face.x + (face.width - side) // 2, face.y + (face.height - side) // 2
    cut = Image.fromarray(photo).crop((left, top, left + side, top + side))
    return np.asarray(cut.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2))


def _likeness(one: Photo, other: Photo) -> float:
    """SSIM over the place where the pattern lies."""
    x, y, width, height = unlearnable.square_around(one[1])
    inside = np.s_[max(0, y) : y + height, max(0, x) : x + width]
    return likeness.ssim(one[0][inside], other[0][inside])


def _flat(people: list[list[Photo]]) -> list[Photo]:
    return [photo for own in people for photo in own]
