"""Reads lists of pairs: which two photos, and do they show the same person?

Two formats. Plain: `photo photo 0|1`, a line each, separated by tabs (then names may hold spaces) or by spaces.
Labeled Faces in the Wild: a first line with the number of sets and of pairs of each kind in a set (`10 300`; a single
number means one set), then `name 1 2` for two photos of one person and `name 1 name 2` for two people; a photo lies at
`name/name_0001.jpg`.
"""

from dataclasses import dataclass


class PairsUnreadable(ValueError):
    """The list does not say what it should. Carries the number of the line."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos by their paths in the folder of photos. `fold` counts from 0 within lists that have folds."""

    one: str
    other: str
    same: bool
    fold: int = 0


@dataclass(frozen=True, slots=True)
class PairList:
    pairs: tuple[Pair, ...]
    folds: int
    """Into how many parts the list is divided; 1: it is not."""

    def photos(self) -> list[str]:
        """Every photo once, in the order in which they are needed."""
        return list(dict.fromkeys(photo for pair in self.pairs for photo in (pair.one, pair.other)))


def read(text: str) -> PairList:
    """The pairs in `text`. Raises PairsUnreadable with the number of the first line that is neither format."""
    lines = [(n, line.strip("\r\n ")) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise PairsUnreadable("The list of pairs is empty.")
    header = lines[0][1].split()
    if len(header) <= 2 and all(word.isdecimal() for word in header):
        return _read_lfw([int(word) for word in header], lines[1:])
    return PairList(tuple(_plain_pair(number, line) for number, line in lines), folds=1)


def _plain_pair(number: int, line: str) -> Pair:
    match line.split("\t") if "\t" in line else line.split():
        case [one, other, ("0" | "1") as same]:
            return Pair(one.strip(), other.strip(), same == "1")
    raise PairsUnreadable(f"Line {number} is not: photo photo 0|1")


def _read_lfw(header: list[int], lines: list[tuple[int, str]]) -> PairList:
    """Folds of `size` pairs of one person and then `size` pairs of two."""
    folds, size = header if len(header) == 2 else (1, header[0])
    if len(lines) != folds * 2 * size or not lines:
        raise PairsUnreadable(
            f"The first line promises {folds * 2 * size} pairs; {len(lines)} lines follow it."
        )
    pairs = [_lfw_pair(number, line, at // (2 * size)) for at, (number, line) in enumerate(lines)]
    return PairList(tuple(pairs), folds)


def _lfw_pair(number: int, line: str, fold: int) -> Pair:
    match line.split():
        case [name, one, other] if one.isdecimal() and other.isdecimal():
            return Pair(_lfw_photo(name, one), _lfw_photo(name, other), True, fold)
        case [name, one, second, other] if one.isdecimal() and other.isdecimal():
            return Pair(_lfw_photo(name, one), _lfw_photo(second, other), name == second, fold)
    raise PairsUnreadable(f"Line {number} is neither: name 1 2, nor: name 1 name 2")


def _lfw_photo(name: str, number: str) -> str:
    return f"{name}/{name}_{int(number):04}.jpg"
