"""Which recognisers may judge a tool: only those that know the people in the unchanged photos.

One that does not know them anyway would call any tool a success. Run alone, it prints how well each knows them:
`python -m privacy.measures.working FOLDER`.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from privacy.measures import album, encoders, rates
from privacy.measures.encoders import Encoder
from privacy.measures.rates import Rate, Vectors

LEAST: Final = 0.9
"""The area under the curve of pairs of unchanged photos, below which a recogniser is left out."""


@dataclass(frozen=True)
class Knowing:
    """How well one recogniser knows the people of unchanged photos, and what it needs to accept a pair."""

    encoder: Encoder
    vectors: Vectors
    rank_1: Rate
    area: float
    accepting: float
    accepted: float

    @property
    def works(self) -> bool:
        """May it judge?"""
        return self.area >= LEAST

    def told(self) -> dict[str, object]:
        """For JSON."""
        return {
            "encoder": encoders.SOURCES[self.encoder.name],
            "works": self.works,
            "rank_1": self.rank_1.told(),
            "area_under_curve": round(self.area, 4),
            "match_rate_at_1_false_in_1000": round(self.accepted, 4),
        }


def knowing(encoder: Encoder, photos: list[album.Portrait]) -> Knowing:
    """Of the unchanged `photos`: each is looked up among all others."""
    people = [portrait.person for portrait in photos]
    found = album.vectors(encoder, photos)
    likeness = found @ found.T
    same, different = pairs(likeness, people)
    needed = rates.accepting(different)
    np.fill_diagonal(likeness, -np.inf)
    return Knowing(
        encoder=encoder,
        vectors=found,
        rank_1=rates.rate(rates.first_is_right(likeness, people, people), people),
        area=rates.area_under_curve(same, different),
        accepting=needed,
        accepted=float((same > needed).mean()),
    )


def pairs(
    likeness: NDArray[np.float64], people: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The likeness of all pairs of one person, and of all pairs of two."""
    rows, columns = np.triu_indices(len(people), 1)
    names = np.asarray(people)
    of_one = names[rows] == names[columns]
    found = likeness[rows, columns]
    return found[of_one], found[~of_one]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m privacy.measures.working", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="FOLDER/PERSON/PHOTO.jpg, of people who agreed or do not exist"
    )
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--photos", type=int, default=4)
    options = parser.parse_args()
    photos = album.portraits(options.folder, people=options.people, photos=options.photos)
    for name in encoders.available():
        sys.stdout.write(f"{name}: {json.dumps(knowing(encoders.load(name), photos).told())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
