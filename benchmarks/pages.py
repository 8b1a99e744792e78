"""Finding officers in a country's record: queries and milliseconds of pages, the deepest beside the first, and slips.

    python -m benchmarks.pages [--officers 500000 --departments 1000 --assignments 1000000] [--people 200]
    python -m benchmarks.pages --here            # the database that the settings name, filled by `manage.py seed_scale`

Without --here it fills a PostgreSQL of its own, which is gone afterwards; that takes most of the time. Pages are asked
for as a browser does, without the network. "Offset" is the same list as page numbers give it: OFFSET and a COUNT.
Names are those of officers drawn by chance, typed with one mistake each.
"""

import argparse
import contextlib
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
import psycopg

from benchmarks import measuring

ROUNDS = 5
PAGE = 24
FIRST = 5
ORDERS = ("name", "rank", "pay", "seniority")
TITLE = "A page: queries, then wall milliseconds (median of five), first and deepest, beside OFFSET"
COLUMNS = (
    "page",
    "queries",
    "first ms",
    "deepest ms",
    "deepest / first",
    "offset first ms",
    "offset deepest ms",
)
SLIPS_TITLE = "A name with one mistake: is its officer among the first five?"
SLIP_COLUMNS = (
    "mistake",
    "names",
    "first and last name: found",
    "whole name: found",
    "median ms",
    "slowest ms",
)


def main() -> None:
    asked = _arguments()
    with _here() if asked.here else _scratch(asked):
        client = _client()
        pages = [_listed(client, f"/officers/?sort={order}", order) for order in ORDERS]
        pages += [
            _listed(client, f"/officers/?department={_largest()}&sort={order}", order)
            for order in ("name", "pay")
        ]
        pages += [
            _listed(client, "/officers/?q=maria+garcia", ""),
            _listed(client, "/officers/?q=smith&sort=name", "name"),
        ]
        pages += [_single(client, path) for path in _paths()]
        slips = [_slips(name, slip, asked.people) for name, slip in SLIPS.items()]
        _close()
    measuring.print_table(TITLE, COLUMNS, [tuple(row.values()) for row in pages])
    measuring.print_table(SLIPS_TITLE, SLIP_COLUMNS, [tuple(row.values()) for row in slips])
    measuring.print_result(benchmark="pages", pages=pages, slips=slips)


def _listed(client: Any, path: str, order: str) -> dict[str, Any]:
    """A list by its first and its last page."""
    row = _single(client, path)
    deepest = _deepest(path)
    row["deepest ms"] = _milliseconds(lambda: client.get(deepest)) if deepest else None
    row["ratio"] = row["deepest ms"] / row["first ms"] if deepest else None
    if order == "name" and "q=" not in path and "department" not in path:
        row["offset first"] = _milliseconds(lambda: _offset_page(0))
        row["offset deepest"] = _milliseconds(lambda: _offset_page(1))
    return row


def _single(client: Any, path: str) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, path
    row = {"page": path, "queries": len(queries), "first ms": _milliseconds(lambda: client.get(path))}
    return {**row, "deepest ms": None, "ratio": None, "offset first": None, "offset deepest": None}


def _deepest(path: str) -> str:
    """The address of the last page: as if somebody had pressed "More officers" to the end."""
    from django.http import QueryDict

    from officers.filters import OfficerFilter
    from officers.finding import BETWEEN, Search
    from officers.models import Officer

    form = OfficerFilter(QueryDict(path.partition("?")[2]), queryset=Officer.objects.none()).form
    assert form.is_valid()
    search = Search.of({name: value for name, value in form.cleaned_data.items() if value})
    rows, columns = search.in_order()
    last = list(rows.reverse().values_list(*columns)[: PAGE + 1])
    if len(last) <= PAGE:
        return ""
    query = QueryDict(path.partition("?")[2], mutable=True)
    query["after"] = BETWEEN.join(map(str, last[-1]))
    return f"/officers/?{query.urlencode()}"


def _offset_page(at: int) -> None:
    """The first (0) or the last (1) page as page numbers do it: count, then skip."""
    from officers.models import Officer

    everybody = Officer.objects.public().order_by("last_name", "first_name", "pk")
    begin = (everybody.count() - PAGE) * at
    assert list(everybody.for_cards()[begin : begin + PAGE])


def _paths() -> list[str]:
    names = ("robret+hernadez", "obrien", "12345", "lee")
    facets = "race=BLACK&race=unknown&gender=F&age=35-44&active=yes"
    return [
        "/", "/departments/", f"/departments/{_largest()}/", f"/officers/?{facets}", "/officers/?pay=150-up&sort=rank",
        *(f"/officers/?q={name}" for name in names), "/officers/suggest/?q=mar",
        *(f"/search/?q={name}" for name in names), f"/api/v1/officers/?{facets}", "/api/v1/officers/?q=maria+garcia",
    ]  # fmt: skip


def _largest() -> int:
    from officers.models import Department

    return Department.objects.earliest("pk").pk  # seed_scale makes the largest first


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


def _slips(name: str, slip: Callable[[list[str], random.Random], list[str]], people: int) -> dict[str, Any]:
    """How often somebody of that first and last name, and that very officer by the whole name, is in the first five."""
    from officers.models import Officer, SearchRow

    chance = random.Random(7)  # noqa: S311 - the same people for every kind of mistake
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
        "mistake": name, "names": names, "short": f"{short / names:.1%}", "whole": f"{long / names:.1%}",
        "median_ms": 1000 * statistics.median(seconds), "slowest_ms": 1000 * max(seconds),
    }  # fmt: skip


def _found(words: list[str]) -> tuple[list[Any], float]:
    from officers.finding import Search

    begun = time.perf_counter()
    officers = Search.of({"q": " ".join(words)}).page(size=FIRST).officers
    return officers, time.perf_counter() - begun


def _milliseconds(run: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return 1000 * statistics.median(taken)


def _client() -> Any:
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    return Client()


@contextlib.contextmanager
def _here() -> Iterator[None]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oversight.settings")
    django.setup()
    yield


@contextlib.contextmanager
def _scratch(asked: argparse.Namespace) -> Iterator[None]:
    from benchmarks import gallery_scratch

    with gallery_scratch.server() as superuser:
        from django.core.management import call_command

        sizes = {name: getattr(asked, name) for name in ("officers", "departments", "assignments")}
        call_command("seed_scale", **sizes)
        with psycopg.connect(superuser, autocommit=True) as server:
            server.execute("VACUUM ANALYZE")  # as the server does by itself in the hours after an import
        yield


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--officers", type=int, default=500_000)
    parser.add_argument("--departments", type=int, default=1_000)
    parser.add_argument("--assignments", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--here", action="store_true", help="measure the database that the settings name")
    return parser.parse_args()


if __name__ == "__main__":
    main()
