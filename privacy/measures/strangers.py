"""Writes what the recognisers say of people who do not exist: `python -m privacy.measures.strangers NOBODY REAL`.

The file goes beside `privacy.cloaking.strangers`, which says what it is for. Needs torch and every recogniser's weights
(OVERSIGHT_ENCODERS). Of real people only their mean is kept.
"""

import argparse
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from privacy.cloaking import strangers, surrogates
from privacy.cloaking.surrogates import Surrogate
from privacy.measures import album, faces

_NOBODIES: Final = 24
_LEAST, _MOST = 50, 50


def vectors(surrogate: Surrogate, portraits: list[album.Portrait]) -> strangers.Vectors:
    """One a person: the mean of what the recogniser says of each photo of theirs and its mirror image."""
    people = sorted({portrait.person for portrait in portraits})
    found = {portrait.name + portrait.person: _vector(surrogate, portrait) for portrait in portraits}
    return np.stack(
        [
            np.mean([found[each.name + each.person] for each in portraits if each.person == person], axis=0)
            for person in people
        ]
    )


def _vector(surrogate: Surrogate, portrait: album.Portrait) -> strangers.Vectors:
    photo = torch.from_numpy(portrait.pixels.transpose(2, 0, 1).astype(np.float32))[None]
    points = faces.points(portrait.pixels, portrait.face)
    with torch.no_grad():
        found: strangers.Vectors = surrogate.vectors(photo, surrogate.square(points)).mean(0).numpy()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m privacy.measures.strangers", description=__doc__)
    parser.add_argument("nobody", type=Path, help="FOLDER/PERSON/PHOTO.jpg, of people who do not exist")
    parser.add_argument(
        "real", type=Path, help="the same of fifty real people and more, of whom the mean is kept"
    )
    options = parser.parse_args()
    nobody = album.portraits(options.nobody, people=_NOBODIES, photos=1, least=1)
    real = album.portraits(options.real, people=_MOST, photos=1, least=1)
    if len(real) < _LEAST:
        parser.error(f"The mean of {len(real)} people would show who they are; {_LEAST} are needed.")
    kept: dict[str, Any] = {}
    for name in surrogates.available():
        apart, means = (vectors(surrogates.load(name), photos) for photos in (nobody, real))
        kept[strangers.APART + name] = (apart - apart.mean(axis=0)).astype(np.float16)
        kept[strangers.MEAN + name] = means.mean(axis=0)
    with strangers.FILE.open("wb") as file:
        np.savez_compressed(file, **kept)
    sys.stdout.write(f"{len(nobody)} photos of nobody, {len(real)} real people: {', '.join(kept)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
