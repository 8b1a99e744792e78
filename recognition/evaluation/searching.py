"""One-to-many, open set: how often is the right officer shown, and how often is anybody shown to a stranger?

The people of a folder play both parts. A gallery of N people is drawn; who is left is a stranger to it. Everybody
enrolled who has a further photo is looked for with one photo after the other, the rest of theirs being in the gallery;
strangers are looked for in vain. What would be shown is asked of the functions of a real search
(`recognition.calibration`).

Words of ISO/IEC 19795-1: FNIR, enrolled people who are not among those shown; FPIR, strangers to whom anybody is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recognition import calibration
from recognition.evaluation import figures

SIZES: Final = (100, 300, 1000, 3000, 10_000)
LARGEST_SHARE: Final = 0.9
"""The largest gallery holds so many of all people; the others are its strangers, in turns until everybody was one."""
TURNS: Final = 10
SEED: Final = 20261122
NEIGHBOURS: Final = calibration.NEIGHBOURS
SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic"})

Numbers = NDArray[np.float64]


class TooFewPeople(ValueError):
    """The folder holds too few people, or nobody with two photos that can be measured."""


def photos_of_people(folder: Path) -> list[str]:
    """Every picture in a folder of its own per person, as paths in `folder`, in the order of names."""
    files = (path for path in folder.glob("*/*") if path.suffix.lower() in SUFFIXES)
    return sorted(str(path.relative_to(folder)) for path in files)


@dataclass(frozen=True, slots=True)
class People:
    """All distances between the photos of some people. `distances`: (N, N); `person`: (N,), counted from 0."""

    distances: Numbers
    person: NDArray[np.int64]

    @classmethod
    def of(cls, templates: Mapping[str, Numbers]) -> "People":
        """Of templates by their paths; the folder is the person. Raises TooFewPeople."""
        if not templates:
            raise TooFewPeople("No face could be measured.")
        rows = np.stack(list(templates.values()))
        _, person = np.unique([str(Path(name).parent) for name in templates], return_inverse=True)
        if person.max() + 1 < TURNS or np.bincount(person).max() < 2:
            raise TooFewPeople(f"{TURNS} people are needed, and somebody with two photos.")
        squares = (rows**2).sum(axis=1)
        far = np.sqrt(np.maximum(squares[:, None] + squares - 2 * rows @ rows.T, 0))
        return cls(far, person.astype(np.int64))

    def count(self) -> int:
        return int(self.person.max()) + 1


@dataclass(slots=True)
class Tally:
    """What came of the searches in galleries of one size."""

    ranks: list[int] = field(default_factory=list)
    """Of those enrolled: the place of the right one, from 1."""
    shown: list[bool] = field(default_factory=list)
    right_first: list[bool] = field(default_factory=list)
    strangers: list[bool] = field(default_factory=list)
    """Of strangers: was anybody shown?"""
    top: list[tuple[float, bool, bool]] = field(default_factory=list)
    """Of everybody: the chance said of the nearest, whether it was them, whether they were enrolled."""

    def as_json(self) -> dict[str, Any]:
        chances, right, enrolled = (np.array(column) for column in zip(*self.top, strict=True))
        known = enrolled.astype(np.bool_)
        prior = calibration.prior()
        weights = np.where(known, prior / max(known.sum(), 1), (1 - prior) / max((~known).sum(), 1))
        curve = figures.calibration_curve(chances, right.astype(np.bool_), weights)
        ranks = np.array(self.ranks)
        return {
            "searches": {"enrolled": len(self.ranks), "strangers": len(self.strangers)},
            "rank_1": _share(ranks == 1),
            "rank_5": _share(ranks <= 5),
            "right_first": _share(self.right_first),
            "fnir": _share(~np.array(self.shown, dtype=np.bool_)),
            "fpir": _share(self.strangers),
            "calibration_error": round(figures.calibration_error(curve), 4),
            "curve": [[round(x, 4) for x in (b.share, b.chance, b.right)] for b in curve],
        }


def search_all(people: People) -> list[dict[str, Any]]:
    """The figures by size of the gallery, smallest first."""
    largest = int(people.count() * LARGEST_SHARE)
    sizes = [size for size in SIZES if size < largest] + [largest]
    return [{"gallery": size} | _of_size(people, size).as_json() for size in sizes]


def _of_size(people: People, size: int) -> Tally:
    tally = Tally()
    for enrolled in _galleries(people.count(), size):
        for probe in range(len(people.person)):
            _search(tally, people, enrolled, probe)
    return tally


def _galleries(count: int, size: int) -> Iterator[NDArray[np.bool_]]:
    """Who is enrolled, (people,), once for each turn. The largest size has everybody as a stranger exactly once."""
    draw = np.random.default_rng([SEED, size])
    order = draw.permutation(count)
    for turn in range(TURNS):
        enrolled = np.zeros(count, dtype=np.bool_)
        if size == int(count * LARGEST_SHARE):
            enrolled[:] = True
            enrolled[order[turn::TURNS]] = False
        else:
            enrolled[draw.permutation(count)[:size]] = True
        yield enrolled


def _search(tally: Tally, people: People, enrolled: NDArray[np.bool_], probe: int) -> None:
    """Look for one photo in one gallery, which holds every other photo of those enrolled."""
    who = people.person[probe]
    in_gallery = enrolled[people.person]
    in_gallery[probe] = False
    is_known = bool((in_gallery & (people.person == who)).any())
    if enrolled[who] and not is_known:
        return  # their only photo is the one that asks
    far = _together(people.distances[probe][in_gallery], people.person[in_gallery], people.count())
    order = np.argsort(far, kind="stable")[:NEIGHBOURS]
    chances = calibration.chances(far[order].tolist(), int(np.isfinite(far).sum()))
    shown = calibration.worth_showing(chances)
    tally.top.append((chances[0], bool(order[0] == who and is_known), is_known))
    if not is_known:
        tally.strangers.append(bool(shown))
        return
    tally.ranks.append(int((far < far[who]).sum()) + 1)
    tally.shown.append(who in order[shown])
    tally.right_first.append(bool(shown) and bool(order[shown[0]] == who))


def _together(distances: Numbers, person: NDArray[np.int64], count: int) -> Numbers:
    """`calibration.together` for everybody at once, shape (count,); infinity for whom there is no photo of."""
    near = np.bincount(person, np.exp(-calibration.SHARPNESS * distances), count)
    photos = np.bincount(person, minlength=count)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(photos > 0, -np.log(near / photos) / calibration.SHARPNESS, np.inf)


def _share(flags: Any) -> float | None:
    return round(float(np.mean(flags)), 4) if len(flags) else None
