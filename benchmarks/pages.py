"""Finding officers in a country's record: queries and milliseconds of pages, the deepest beside the first, and slips.

    python -m benchmarks.pages [--officers 500000 --departments 1000 --assignments 1000000] [--people 200]
    python -m benchmarks.pages --here            # the database that the settings name, filled by `manage.py seed_scale`

Without --here it fills a PostgreSQL of its own, which is gone afterwards; that takes most of the time. Pages are asked
for as a browser does, without the network. "Offset" is the same list as page numbers give it: OFFSET and a COUNT.
Names are those of officers drawn by chance, typed with one mistake each (benchmarks/slipping.py).
"""

import argparse
import contextlib
import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
import psycopg

from benchmarks import measuring, slipping

ROUNDS = 7
PAGE = 24
ORDERS = ("name", "rank", "pay", "seniority")
TITLE = "A page: queries, milliseconds on the wall and of processors (median of seven, in turns)"
COLUMNS = (
    *("page", "queries", "first ms", "of processors", "deepest ms", "of processors", "deepest / first"),
)
PEERS_TITLE = "The data of one page of everybody by name: by key, as we do it, and by OFFSET with a COUNT"
PEERS_COLUMNS = ("way", "first ms", "of processors", "deepest ms", "of processors", "deepest / first")
Taken = tuple[float, float]
"""Milliseconds on the wall and of processors."""


def main() -> None:
    asked = _arguments()
    with _here() if asked.here else _scratch(asked):
        client, processors = _client(), measuring.Processors()
        processors.alone()
        here = f"/officers/?department={_largest()}"
        lists = [f"/officers/?sort={order}" for order in ORDERS]
        lists += [f"{here}&sort={order}" for order in ("name", "pay")]
        lists += ["/officers/?q=maria+garcia", "/officers/?q=smith&sort=name"]
        pages = [_page(client, processors, path, is_list=True) for path in lists]
        pages += [_page(client, processors, path, is_list=False) for path in _paths()]
        measuring.print_table(TITLE, COLUMNS, [_cells(row, "page", "queries") for row in pages])
        peers = _peers(processors)
        measuring.print_table(PEERS_TITLE, PEERS_COLUMNS, [_cells(row, "way") for row in peers])
        slips = [slipping.tried(name, asked.people) for name in slipping.SLIPS]
        _close()
    measuring.print_table(slipping.TITLE, slipping.COLUMNS, [tuple(row.values()) for row in slips])
    print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.0f}")
    measuring.print_result(benchmark="pages", pages=pages, peers=peers, slips=slips)


def _page(client: Any, processors: measuring.Processors, path: str, *, is_list: bool) -> dict[str, Any]:
    """`is_list`: its deepest page too."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, path
    runs: dict[str, Callable[[], object]] = {"first": lambda: client.get(path)}
    if is_list and (deepest := _deepest(path)):
        runs["deepest"] = lambda: client.get(deepest)
    return {"page": path, "queries": len(queries), **_in_turns(runs, processors)}


def _in_turns(runs: dict[str, Callable[[], object]], processors: measuring.Processors) -> dict[str, Taken]:
    taken: dict[str, list[Taken]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            begun, used = time.perf_counter(), processors.used()
            run()
            taken[name].append((1000 * (time.perf_counter() - begun), 1000 * (processors.used() - used)))
    return {
        name: (statistics.median(wall for wall, _ in rounds), statistics.median(cpu for _, cpu in rounds))
        for name, rounds in taken.items()
    }


def _cells(row: dict[str, Any], *names: str) -> list[object]:
    """A line of a table; the ratio is of processor time."""
    ratio = row["deepest"][1] / row["first"][1] if "deepest" in row else ""
    return [*(row[name] for name in names), *row["first"], *row.get("deepest", ("", "")), ratio]


def _peers(processors: measuring.Processors) -> list[dict[str, Any]]:
    from django.http import QueryDict

    from officers.finding import Search

    search = Search.of({})
    last = QueryDict(_deepest("/officers/?sort=name").partition("?")[2])["after"]
    runs: dict[str, Callable[[], object]] = {
        "key first": lambda: search.page(),
        "key deepest": lambda: search.page(str(last)),
        "offset first": lambda: _offset_page(0),
        "offset deepest": lambda: _offset_page(1),
    }
    taken = _in_turns(runs, processors)
    return [
        {"way": way, "first": taken[f"{kind} first"], "deepest": taken[f"{kind} deepest"]}
        for way, kind in (("by key", "key"), ("by OFFSET", "offset"))
    ]


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
