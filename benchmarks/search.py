"""Searching a gallery: this product's own SQL against face_recognition, numpy and the speed of reading memory.

    python -m benchmarks.search [--templates 10000 100000 150000 1000000] [--queries 5]

Every size is searched in departments that hold 1 %, 10 %, 50 % and all of the officers, twenty officers at a time as a
search does it. The answers are checked:
recall@20 against numpy's exact answer, and that never fewer officers come back than there are.

Processor time of the database is that of all its processes, parallel workers too; the others run in this process on
one thread. The database also brings each officer's photos together and proves who may be seen: the others
do not.
"""

import argparse
import importlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks import gallery_scratch, measuring
from benchmarks.gallery_scratch import SHARES, Gallery

MOST = 20
TICKS = os.sysconf("SC_CLK_TCK")
COLUMNS = ("templates", "part", "database wall ms", "database CPU ms", "numpy", "read memory", "compare_faces",
           "recall@20", "rows")  # fmt: skip
TITLE = "One search: milliseconds, then the database's processor time as times that of the others"


def main() -> None:
    asked = _arguments()
    rows, figures = [], []
    with gallery_scratch.server() as url:
        for templates in asked.templates:
            gallery = gallery_scratch.filled(url, templates)
            for department in SHARES:
                measured = one_filter(url, gallery, department, asked.queries)
                figures.append({"templates": templates, "part": SHARES[department], **measured})
                rows.append((templates, f"{SHARES[department]:.0%}", *measured.values()))
        _close()
    measuring.print_table(TITLE, COLUMNS, rows)
    measuring.print_result(benchmark="search", rows=figures)


def one_filter(url: str, gallery: Gallery, department: int, queries: int) -> dict[str, float | None]:
    """One row of the table: medians over the queries, each taking its turn in every round."""
    search = _product()
    end = int(gallery.eligible(department).sum())
    numbers, officers = gallery.numbers[:end], gallery.officers[:end]
    probes = _probes(gallery, queries)
    recall, fewest = _checked(search, probes, numbers, officers, department)
    database = _Processes(url)
    wall, busy = [], []
    for probe in probes:
        begun, before = time.perf_counter(), database.seconds()
        for _ in range(_repeats(end)):
            search(probe, department)
        wall.append((time.perf_counter() - begun) / _repeats(end))
        busy.append((database.seconds() - before) / _repeats(end))
    one = probes[0]
    peers: dict[str, Callable[[], object]] = {
        "numpy": lambda: _exact(numbers, officers, one),
        "read": lambda: numbers.sum(dtype=np.float32),
    }
    if len(numbers) <= 150_000:
        compare = importlib.import_module("face_recognition").compare_faces
        known = list(numbers.astype(np.float64))
        peers["compare_faces"] = lambda: compare(known, one)
    taken = {name: min(seconds) for name, seconds in measuring.take_turns(peers, rounds=3).items()}
    cpu = float(np.median(busy))
    ratios = {
        name: cpu / taken[name] if name in taken else None for name in ("numpy", "read", "compare_faces")
    }
    return {
        "wall_ms": 1000 * min(wall),
        "cpu_ms": 1000 * cpu,
        **ratios,
        "recall": recall,
        "fewest": fewest,
    }


def _product() -> Callable[[NDArray[np.float64], int], list[Any]]:
    from recognition import engine, gallery  # after the settings were named

    return lambda probe, department: gallery.search(
        template=engine.Template(probe), department_id=department, most=MOST
    )


def _probes(gallery: Gallery, queries: int) -> list[NDArray[np.float64]]:
    """New photos of officers of the smallest department, who are in all of them."""
    chance = np.random.default_rng(13)
    at = chance.choice(int(gallery.eligible(1).sum()), queries)
    return list(gallery.numbers[at].astype(np.float64) + chance.normal(0, 0.03, (queries, 128)))


def _checked(
    search: Callable[[NDArray[np.float64], int], list[Any]],
    probes: list[NDArray[np.float64]],
    numbers: NDArray[np.float32],
    officers: NDArray[np.int64],
    department: int,
) -> tuple[float, int]:
    """Recall@20 of officers, and how many came back at least; more than asked or possible are an error."""
    hits, fewest, possible = 0, MOST, min(MOST, len(np.unique(officers)))
    for probe in probes:
        found = [neighbour.officer_id for neighbour in search(probe, department)]
        hits += len(set(found) & set(_exact(numbers, officers, probe)))
        fewest = min(fewest, len(found))
    assert fewest == possible, "rows are missing"
    return hits / (possible * len(probes)), fewest


def _exact(
    numbers: NDArray[np.float32], officers: NDArray[np.int64], probe: NDArray[np.float64]
) -> list[int]:
    """The nearest officers by all their photos, by one product of all templates with the probe."""
    squares = np.einsum("ij,ij->i", numbers, numbers) - 2 * (numbers @ probe.astype(np.float32))
    distances = np.sqrt(np.maximum(squares + float(probe @ probe), 0).astype(np.float64))
    starts = np.flatnonzero(np.diff(officers, prepend=0))
    photos = np.diff(starts, append=len(officers))
    from recognition import calibration  # after the settings were named

    # As calibration.together: a mean in which near photos weigh more. The nearest officers have the largest.
    together = np.add.reduceat(np.exp(-calibration.SHARPNESS * distances), starts) / photos
    most = min(MOST, len(together))
    return [int(officers[starts[at]]) for at in np.argpartition(-together, most - 1)[:most]]


def _repeats(templates: int) -> int:
    """Enough that the kernel's hundredths of a second tell something."""
    return max(1, min(20, 200_000 // templates))


class _Processes:
    """The processor time of one PostgreSQL: its first process, its children, and those that have ended."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(url) as server:
            ((folder,),) = server.execute("SHOW data_directory").fetchall()
        self._first = int((Path(folder) / "postmaster.pid").read_text().split()[0])

    def seconds(self) -> float:
        ticks = 0
        children = Path(f"/proc/{self._first}/task/{self._first}/children").read_text().split()
        for pid in (str(self._first), *children):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except FileNotFoundError:  # it has just ended, and is counted with the first next time
                continue
            ticks += sum(map(int, fields[11:15] if pid == str(self._first) else fields[11:13]))
        return ticks / TICKS


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--templates", type=int, nargs="+", default=[10_000, 100_000, 150_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
