"""How long a roster takes: `python -m benchmarks.rosters [OFFICERS]`, each with a stint and a year's pay.

Seconds on the wall, of processors (this process, and the PostgreSQL process that works for it) and the most memory of
each step, in a scratch database of its own; each step is a process, so that its memory is its own. `--plain`: officers
and assignments only.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.measuring import Processors, most_megabytes, print_result, print_table

COLUMNS = ("step", "seconds", "of Python", "of PostgreSQL", "MB before", "MB at most")


def main(size: int, *, plain: bool) -> None:
    from tests.services import open_scratch

    services = open_scratch()
    try:
        services.start()
        environment = {**os.environ, **services.environment(), "ROSTER_SIZE": str(size)}
        environment["ROSTER_FILES"] = "people.csv stints.csv" if plain else ""
        found = {name: _in_a_process(name, environment) for name in STEPS}
    finally:
        services.stop()
    rows = [(name, *each.values()) for name, each in found.items()]
    print_table(f"{size:,} officers", COLUMNS, rows)
    print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.0f}")
    print_result(officers=size, plain=plain, **found)


def _in_a_process(name: str, environment: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rosters", "--step", name],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(name, found, flush=True)
    return found


def step(name: str) -> None:
    """One of STEPS; prints what it took."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oversight.settings")
    django.setup()
    from officers.rosters import acts, export_files  # noqa: F401 - loaded before anything is measured

    do = STEPS[name]()
    next(do)
    processors, start_mb = Processors(), most_megabytes()
    begun, before = time.monotonic(), processors.seconds()
    next(do, None)
    python, server = (now - then for now, then in zip(processors.seconds(), before, strict=True))
    taken = {"seconds": time.monotonic() - begun, "python": python, "server": server}
    rounded = {what: round(seconds, 1) for what, seconds in taken.items()}
    print(json.dumps({**rounded, "start_mb": start_mb, "peak_mb": most_megabytes()}))


def _department() -> Any:
    from officers.models import Department

    fields = {"short_name": "MPD", "state_id": "OH"}
    return Department.objects.get_or_create(name="Made-up Police", defaults=fields)[0]


def _first_import() -> Any:
    from officers.models import RosterImport

    return RosterImport.objects.earliest("pk")


def _checked(uploads: list[tuple[Any, str]], source: str, verdict: str) -> None:
    from officers.rosters import acts

    held = acts.begin(
        department=_department(), source=source, uploads=uploads, by=None, options={"publish": True}
    )
    acts.read_rows(held)
    acts.compare(held)
    assert set(held.summary["sheets"]["officers"]) == {verdict}


# Each step makes ready what is not measured, and then is what is measured.


def _dry_run(verdict: str) -> Iterator[None]:
    from tests.officers.rosters.synthetic import roster

    files = roster(int(os.environ["ROSTER_SIZE"]))
    wanted = os.environ["ROSTER_FILES"].split() or list(files)
    uploads = [(io.BytesIO(str(files[file]).encode()), file) for file in wanted]
    files.clear()
    yield
    _checked(uploads, "City", verdict)


def _load() -> Iterator[None]:
    from officers.rosters import acts

    held = _first_import()
    yield
    acts.load(held=held, by=None)


def _export() -> Iterator[None]:
    from officers.rosters.export_files import csv_zip

    department = _department()
    yield
    with open(_export_path(), "wb") as file:
        for piece in csv_zip([department]):
            file.write(piece)


def _dry_run_of_export() -> Iterator[None]:
    with open(_export_path(), "rb") as stream:
        yield
        _checked([(stream, "all.zip")], "this site", "same")


def _undo() -> Iterator[None]:
    from officers.rosters import acts

    held = _first_import()
    yield
    acts.undo(held=held, by=None)


def _export_path() -> str:
    return f"{os.environ['OVERSIGHT_DATA']}-export.zip"


STEPS: dict[str, Callable[[], Iterator[None]]] = {
    "dry run": lambda: _dry_run("new"),
    "load": _load,
    "second dry run": lambda: _dry_run("same"),
    "export": _export,
    "dry run of the export": _dry_run_of_export,
    "undo": _undo,
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("officers", type=int, nargs="?", default=50_000)
    parser.add_argument("--plain", action="store_true", help="officers and assignments only")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step(asked.step)
    else:
        main(asked.officers, plain=asked.plain)
