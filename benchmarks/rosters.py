"""How long a roster takes: `python -m benchmarks.rosters [OFFICERS]`, each with a stint and a year's pay.

Wall seconds and the most memory of each step, in a scratch database of its own; each step is a process, so that its
memory is its own.
"""

import io
import json
import os
import subprocess
import sys
import time
from resource import RUSAGE_SELF, getrusage

from benchmarks.measuring import print_result, print_table

STEPS = ("dry run", "load", "second dry run", "export", "dry run of the export", "undo")


def main(size: int) -> None:
    from tests.services import open_scratch

    services = open_scratch()
    try:
        services.start()
        environment = {**os.environ, **services.environment(), "ROSTER_SIZE": str(size)}
        found = {}
        for step in STEPS:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.rosters", "--step", step],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            )
            found[step] = json.loads(done.stdout.splitlines()[-1])
            print(step, found[step], flush=True)
    finally:
        services.stop()
    rows = [(step, each["seconds"], each["start_mb"], each["peak_mb"]) for step, each in found.items()]
    print_table(f"{size:,} officers", ("step", "seconds", "MB before", "MB at most"), rows)
    print_result(officers=size, **{step: each["seconds"] for step, each in found.items()})


def step(name: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oversight.settings")
    django.setup()

    from officers.models import Department, RosterImport
    from officers.rosters import acts
    from officers.rosters.export_files import csv_zip
    from officers.rosters.formats import own_header  # noqa: F401 - loaded before anything is measured
    from tests.officers.rosters.synthetic import roster

    size = int(os.environ["ROSTER_SIZE"])
    files = {}
    path = f"{os.environ['OVERSIGHT_DATA']}-export.zip"
    if name in {"dry run", "second dry run"}:
        files = roster(size)
    department, _ = Department.objects.get_or_create(
        name="Made-up Police", defaults={"short_name": "MPD", "state_id": "OH"}
    )
    uploads = [(io.BytesIO(str(text).encode()), file) for file, text in files.items()]
    files.clear()
    latest = RosterImport.objects.order_by("pk").first()
    start_mb, begun = _megabytes(), time.monotonic()
    if name in {"dry run", "second dry run"}:
        held = acts.begin(
            department=department, source="City", uploads=uploads, by=None, options={"publish": True}
        )
        acts.read_rows(held)
        acts.compare(held)
        assert set(held.summary["sheets"]["officers"]) == {"new" if name == "dry run" else "same"}
    elif name == "load":
        assert latest is not None
        acts.load(held=latest, by=None)
    elif name == "export":
        with open(path, "wb") as file:
            for piece in csv_zip([department]):
                file.write(piece)
    elif name == "dry run of the export":
        with open(path, "rb") as stream:
            held = acts.begin(
                department=department, source="this site", uploads=[(stream, "all.zip")], by=None
            )
        acts.read_rows(held)
        acts.compare(held)
        assert set(held.summary["sheets"]["officers"]) == {"same"}
    else:
        assert latest is not None
        acts.undo(held=latest, by=None)
    seconds = time.monotonic() - begun
    print(json.dumps({"seconds": round(seconds, 1), "start_mb": start_mb, "peak_mb": _megabytes()}))


def _megabytes() -> int:
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        step(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
