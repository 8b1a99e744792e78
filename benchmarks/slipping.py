"""Names as people mistype them, and whether the finder has the officer among the first five."""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

FIRST = 5
TITLE = "A name with one mistake: is its officer among the first five?"
COLUMNS = (
    *("mistake", "names", "first and last name: found", "whole name: found", "median ms", "slowest ms"),
)


def _wrong_letter(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return (
        word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz".replace(word[at].lower(), "")) + word[at + 1 :]
    )


def _missing_letter(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _doubled_letter(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[: at + 1] + word[at:]


def _swapped_letters(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _in_longest(slip: Callable[[str, random.Random], str]) -> Callable[[list[str], random.Random], list[str]]:
    """The mistake is in one word, drawn by chance from those of four letters or more."""

    def mistaken(words: list[str], chance: random.Random) -> list[str]:
        at = chance.choice([i for i, word in enumerate(words) if len(word) > 3] or [len(words) - 1])
        return [slip(word, chance) if i == at and len(word) > 1 else word for i, word in enumerate(words)]

    return mistaken


SLIPS: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    "none": lambda words, _: words,
    "a wrong letter": _in_longest(_wrong_letter),
    "a missing letter": _in_longest(_missing_letter),
    "a doubled letter": _in_longest(_doubled_letter),
    "two letters swapped": _in_longest(_swapped_letters),
    "last name first": lambda words, _: [words[-1], *words[:-1]],
    "no accents or signs": lambda words, _: [_plain(word) for word in words],
}


def _plain(word: str) -> str:
    import unicodedata

    kept = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return kept.replace("-", " ").lower()


def tried(mistake: str, people: int) -> dict[str, Any]:
    """How often somebody of that first and last name, and that very officer by the whole name, is in the first five."""
    from officers.models import Officer, SearchRow

    slip, chance = SLIPS[mistake], random.Random(7)  # noqa: S311 - the same people for every kind of mistake
    first, last = Officer.objects.earliest("pk").pk, Officer.objects.latest("pk").pk
    short = long = 0
    seconds = []
    drawn = [chance.randrange(first, last + 1) for _ in range(people * 3 // 2)]
    for officer in Officer.objects.filter(
        pk__in=SearchRow.objects.listed().filter(pk__in=drawn).values("pk")
    )[:people]:
        found, took = _found(slip([officer.first_name, officer.last_name], chance))
        short += any(
            (who.first_name, who.last_name) == (officer.first_name, officer.last_name) for who in found
        )
        seconds.append(took)
        whole = [
            part
            for part in (officer.first_name, officer.middle_name, officer.last_name, officer.suffix)
            if part
        ]
        found, took = _found(slip(whole, chance))
        long += any(who.full_name == officer.full_name for who in found)
        seconds.append(took)
    names = len(seconds) // 2
    return {
        "mistake": mistake, "names": names, "short": f"{short / names:.1%}", "whole": f"{long / names:.1%}",
        "median_ms": 1000 * statistics.median(seconds), "slowest_ms": 1000 * max(seconds),
    }  # fmt: skip


def _found(words: list[str]) -> tuple[list[Any], float]:
    from officers.finding import Search

    begun = time.perf_counter()
    officers = Search.of({"q": " ".join(words)}).page(size=FIRST).officers
    return officers, time.perf_counter() - begun
