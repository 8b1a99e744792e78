"""Makes privacy/donors: faces of nobody, each the mean of several people who do not exist.

    python scripts/make_donors.py FOLDER   (FOLDER/NNN/1.jpg: frontal portraits of made-up people)

The people of one donor are alike in skin and mouth. Their portraits are bent so that their 68 points meet the donor's
mean points, and averaged; beyond the face the skin is carried on, so that a donor fits under any hairline.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from privacy import heads, release  # noqa: E402
from privacy.tools import colours, donors, landmarks  # noqa: E402

Points = NDArray[np.float64]
SIDE = donors.SIDE
LEAST = 5


@dataclass
class Person:
    """One made-up person: their name, portrait, points and what was measured of them."""

    name: str
    pixels: NDArray[np.uint8]
    points: Points
    shape: Points
    skin: NDArray[np.float64]
    open_mouth: float


def main(folder: Path) -> None:
    people = [person for at in sorted(folder.glob("*/1.jpg")) if (person := measured(at))]
    shape = np.mean([person.shape for person in people], axis=0)
    shape = (shape + mirrored(shape)) / 2
    groups = grouped(people)
    out = PROJECT / "privacy" / "donors"
    out.mkdir(exist_ok=True)
    described: dict[str, object] = {}
    for name, members in groups.items():
        picture, about = donor(members)
        Image.fromarray(picture).save(out / f"{name}.jpg", quality=93)
        described[name] = about
        sys.stdout.write(f"{name}: {len(members)} people\n")
    told = {"licence": LICENCE, "shape": np.round(shape, 4).tolist(), "donors": described}
    (out / "donors.json").write_text(json.dumps(told, indent=1) + "\n")


LICENCE = (
    "Each picture is the mean of several people who do not exist, faces drawn from a statistical model of appearance "
    "in which no real person carries more than 0.39 % of a face's texture; no photo of a person is in it. It is part "
    "of the project, under the project's terms."
)


def measured(file: Path) -> Person | None:
    pixels = np.asarray(Image.open(file).convert("RGB"))
    found = heads.find_heads(pixels)
    if not found:
        return None
    points = landmarks.points(pixels, found[0], release.given(agreed=True))
    shape = flat(points)
    cut = bent(pixels, points, shape, shape)
    return Person(file.parent.name, pixels, points, shape, donors.skin(cut), donors.open_mouth(shape))


def flat(points: Points) -> Points:
    """Level, about the bridge of the nose, 1.6 wide (privacy.tools.head_shape)."""
    eyes = points[42:48].mean(axis=0) - points[36:42].mean(axis=0)
    angle = np.arctan2(eyes[1], eyes[0])
    level = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = (points - points[27:29].mean(axis=0)) @ level.T
    return np.asarray(turned * 1.6 / (turned[16, 0] - turned[0, 0]))


def mirrored(shape: Points) -> Points:
    jaw_brows_nose = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)]
    eyes = [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    mouth = [*range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65]
    other = jaw_brows_nose + eyes + mouth
    return np.asarray(shape[other] * np.array([-1.0, 1.0]))


def grouped(people: list[Person]) -> dict[str, list[Person]]:
    """By how light the skin is and by the mouth, at least LEAST people each."""
    light = np.array([person.skin[0] for person in people])
    edges = np.quantile(light, [0.2, 0.4, 0.6, 0.8])
    groups: dict[str, list[Person]] = {}
    for person in people:
        tone = ("dark", "brown", "middle", "fair", "light")[int(np.searchsorted(edges, person.skin[0]))]
        groups.setdefault(tone, []).append(person)
    made = {}
    for tone, members in groups.items():
        members.sort(key=lambda person: person.open_mouth)
        half = len(members) // 2
        made[f"{tone}-closed"], made[f"{tone}-smile"] = members[:half], members[half:]
    if any(len(members) < LEAST for members in made.values()):
        raise SystemExit(f"A donor needs {LEAST} people.")
    return made


def donor(members: list[Person]) -> tuple[NDArray[np.uint8], dict[str, object]]:
    shape = np.mean([person.shape for person in members], axis=0)
    shape = (shape + mirrored(shape)) / 2
    level = np.mean([person.skin for person in members], axis=0)
    pictures = []
    for person in members:
        lab = colours.lab(bent(person.pixels, person.points, person.shape, shape))
        pictures += [lab + level - person.skin, (lab + level - person.skin)[:, ::-1]]
    mean = np.mean(pictures, axis=0)
    skin_only = carried_on(colours.rgb(mean), shape)
    about = {
        "people": [person.name for person in members],
        "skin": np.round(donors.skin(skin_only), 2).tolist(),
        "open_mouth": round(donors.open_mouth(shape), 3),
        "shape": np.round(shape, 4).tolist(),
    }
    return skin_only, about


def bent(pixels: NDArray[np.uint8], points: Points, own: Points, shape: Points) -> NDArray[np.uint8]:
    """The flat picture in which this face's points lie at `shape`, by a thin-plate spline."""
    grid = donors.grid()
    spline = thin_plate(np.concatenate([shape, FRAME]), np.concatenate([own, FRAME]))
    at = spline(grid.reshape(-1, 2))
    solid = np.column_stack([own, np.ones(len(own))])
    to_photo, *_ = np.linalg.lstsq(solid, points, rcond=None)
    where = np.column_stack([at, np.ones(len(at))]) @ to_photo
    return colours.sampled(pixels, where.reshape(SIDE, SIDE, 2)).astype(np.uint8)


FRAME = np.array([(x, y) for x in (-1.6, 0, 1.6) for y in (-1.7, 0, 1.7) if x or y])


def thin_plate(start: Points, end: Points) -> Callable[[Points], Points]:
    def radial(a: Points, b: Points) -> Points:
        square = ((a[:, None] - b[None]) ** 2).sum(axis=2)
        return np.asarray(square * np.log(square + 1e-12))

    count = len(start)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = radial(start, start) + 1e-4 * np.eye(count)
    system[:count, count:] = np.column_stack([np.ones(count), start])
    system[count:, :count] = system[:count, count:].T
    weights = np.linalg.solve(system, np.concatenate([end, np.zeros((3, 2))]))

    def moved(points: Points) -> Points:
        bends = radial(points, start) @ weights[:count]
        return np.asarray(bends + np.column_stack([np.ones(len(points)), points]) @ weights[count:])

    return moved


def carried_on(picture: NDArray[np.uint8], shape: Points) -> NDArray[np.uint8]:
    """The same with the skin at the face's edge carried on outward, instead of hair and wall."""
    whole = donors.inside(shape).astype(np.float64)[..., None]
    known = colours.blurred(whole, 3)[..., 0] > 0.95
    lab = colours.lab(picture)
    filled, weight = np.where(known[..., None], lab, 0.0), known.astype(np.float64)
    for radius in (3, 6, 12, 24, 48, 96):
        share = colours.blurred(weight[..., None], radius)[..., 0]
        new = (weight < 0.5) & (share > 0.02)
        filled[new] = colours.blurred(filled, radius)[new] / share[new][:, None]
        weight[new] = 1
    outward = 0.5 * colours.blurred(filled, 4) + 0.5 * donors.skin(picture)
    edge = np.clip(colours.blurred(known.astype(np.float64)[..., None], 4) * 2 - 1, 0, 1)
    return colours.rgb(lab * edge + outward * (1 - edge))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
