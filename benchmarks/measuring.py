"""How the benchmarks measure: processor seconds, in turns, and one line of JSON at the end.

A shared machine is never quiet, so no figure here is a time to be promised. What counts is the ratio of two programs
that took turns in one run.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # before numpy is imported anywhere: one thread against one thread

Clock = Callable[[], float]


def take_turns(
    runs: Mapping[str, Callable[[], object]], *, rounds: int, clock: Clock = time.process_time
) -> dict[str, list[float]]:
    """Seconds by `clock` of each run in each round, one after another in every round, after one unmeasured round."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            begun = clock()
            run()
            if number:
                taken[name].append(clock() - begun)
    return taken


def ratio(slower: Sequence[float], quicker: Sequence[float]) -> float:
    """How many times as long the first takes: the median over rounds, each round compared with itself."""
    return statistics.median(a / b for a, b in zip(slower, quicker, strict=True))


class Processors:
    """Processor seconds of this process and of the PostgreSQL process that works for it, on this machine.

    What a server elsewhere uses cannot be seen from here, and counts as nothing; nor can that of parallel workers, so
    call `alone()` first.
    """

    def __init__(self) -> None:
        from django.db import connection

        connection.ensure_connection()
        self._server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

    @staticmethod
    def alone() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")

    def seconds(self) -> tuple[float, float]:
        """Of this process, and of the server."""
        try:
            server = int(self._server.read_text().split()[0]) / 1e9
        except OSError:
            server = 0.0
        return time.process_time(), server

    def used(self) -> float:
        return sum(self.seconds())


def most_megabytes() -> int:
    """The most memory that this process itself has held. What getrusage says may be its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table in Markdown, so that it can stand in the documents as it was printed."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(_as_text(cell) for cell in row) + " |", flush=True)


def print_result(**figures: Any) -> None:
    """Everything measured, as one line of JSON."""
    print(json.dumps(figures))


def _as_text(cell: object) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
