"""Made-up people with names as unevenly spread as real ones: a few are very common, most are rare.

Common names are written down in names.txt. The many rare surnames are put together from syllables, so that nobody's
list had to be copied.
"""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORDS = Path(__file__).with_name("names.txt")
SUFFIXES = ("", "Jr.", "Sr.", "II", "III", "IV")
OFTEN = (96.0, 2.2, 0.5, 0.4, 0.7, 0.2)


@dataclass(frozen=True, slots=True)
class Person:
    first: str
    middle: str
    last: str
    suffix: str
    gender: str


def words() -> dict[str, list[str]]:
    """The lists of names.txt by their heading."""
    lists: dict[str, list[str]] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            here = lists[line.strip("[]")] = []
        elif not line.startswith("#"):
            here.extend(line.split())
    return lists


class People:
    """An endless row of people, the same for the same `chance`."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._words = words()
        begin, end = self._words["beginnings"], self._words["endings"]
        rare = [a + b for a, b in itertools.product(begin, end)]
        rare += [f"Mc{name}" for name in begin] + [f"O’{name}" for name in begin]
        chance.shuffle(rare)
        self._last = self._words["common"] + rare
        self._often = _as_unevenly_as_names(len(self._last), 12, 0.9)

    def next(self, how_many: int) -> list[Person]:
        chance = self._chance
        genders = chance.choices(("M", "F", "Other", ""), (80, 14, 0.3, 5.7), k=how_many)
        lasts = chance.choices(self._last, cum_weights=self._often, k=how_many)
        seconds = chance.choices(self._last, cum_weights=self._often, k=how_many)
        suffixes = chance.choices(SUFFIXES, OFTEN, k=how_many)
        return [
            Person(self._first(gender), self._middle(gender), self._surname(last, second), suffix, gender)
            for gender, last, second, suffix in zip(genders, lasts, seconds, suffixes, strict=True)
        ]

    def _surname(self, last: str, second: str) -> str:
        return f"{last}-{second}" if last != second and self._chance.random() < 0.02 else last

    def _first(self, gender: str) -> str:
        names = self._words["women" if gender == "F" else "men"]
        return names[min(int(self._chance.expovariate(1 / 32)), len(names) - 1)]

    def _middle(self, gender: str) -> str:
        kind = self._chance.random()
        if kind < 0.4:
            return self._first(gender)
        return self._first(gender)[0] + "." if kind < 0.75 else ""


def _as_unevenly_as_names(how_many: int, head: int, power: float) -> Sequence[float]:
    return list(itertools.accumulate(1 / (rank + head) ** power for rank in range(how_many)))
