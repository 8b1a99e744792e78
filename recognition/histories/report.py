"""Plays histories in several lanes at once and adds up what they report."""

import json
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, cast

from oversight.embedded.processes import leash
from oversight.embedded.programs import PROJECT
from recognition.histories.scratch import Addresses, clone

COUNTED = (
    "templates_written",
    "encoder_calls",
    "candidates_shown",
    "refused_by_gate",
    "refused_by_database",
    "refused_by_other_constraints",
    "deadlocks",
    "connections_lost",
    "stale_jobs",
)


class LaneBroke(Exception):
    """A lane ended without playing all its histories: a mistake of ours, not a finding."""


@dataclass(slots=True)
class Played:
    """What all lanes together saw. `failure` is the first one: its seed, what it violated, and its story."""

    histories: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    surprises: Counter[str] = field(default_factory=Counter)
    failure: dict[str, Any] | None = None
    seconds: float = 0.0

    def report(self, seed: int, without: str | None) -> dict[str, Any]:
        violated = self.failure["violations"] if self.failure else []
        kinds = Counter(violation["kind"] for violation in violated)
        found = {
            "histories": self.histories,
            "violations": len(violated),
            "encoder_calls_on_forbidden": kinds["measured"],
            "shown": kinds["shown"],
            **{name: self.counts[name] for name in COUNTED},
            "surprises": dict(self.surprises),
            "seconds": round(self.seconds, 1),
            "seed": seed,
        }
        if without:
            found["without"] = without
        if self.failure:
            found |= {"failed_seed": self.failure["seed"], "kinds": dict(kinds), "story": story(self.failure)}
        return found


def story(failure: dict[str, Any]) -> list[str]:
    """The failing history in plain lines: what is wrong, then who did what and when."""
    wrong = [f"{v['kind']} {v['where']}: {v['why']}" for v in failure["violations"]]
    return [*wrong, f"What happened (repeat it with --n 1 --seed {failure['seed']}):", *failure["story"]]


def play(
    template: Addresses, *, count: int, seed: int, writers: int, lanes: int, without: str | None
) -> Played:
    """Play histories seed .. seed+count-1; stop all lanes at the first violation. Raises LaneBroke."""
    begun = time.monotonic()
    played = Played()
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="oversight-lanes-"))
        processes = [
            stack.enter_context(_Lane(stack.enter_context(clone(template, number)), folder, number))
            for number in range(min(lanes, count))
        ]
        for number, process in enumerate(processes):
            seeds = list(range(seed + number, seed + count, len(processes)))
            _tell(process, {"seeds": seeds, "writers": writers, "without": without})
        _listen(processes, played)
    played.seconds = time.monotonic() - begun
    if played.failure is None and played.histories != count:
        raise LaneBroke(f"Only {played.histories} of {count} histories were played.")
    return played


class _Lane:
    """A lane's process, ended with us whatever happens."""

    def __init__(self, addresses: Addresses, folder: str, number: int) -> None:
        self.addresses = addresses
        self.log = Path(folder) / f"lane-{number}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "recognition.histories.lane"],
                env={**addresses.environment(folder), "DJANGO_SETTINGS_MODULE": "oversight.settings"},
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=leash(signal.SIGTERM),
            )
        self.told = cast(IO[str], self.process.stdin)
        self.says = cast(IO[str], self.process.stdout)

    def __enter__(self) -> "_Lane":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def _tell(lane: _Lane, told: dict[str, Any]) -> None:
    with lane.told as stream:
        json.dump({"addresses": lane.addresses.as_dict(), **told}, stream)


def _listen(lanes: list[_Lane], played: Played) -> None:
    """Add up the latest line of each lane, until all are done or one has found something."""
    latest: dict[int, dict[str, Any]] = {}
    for number, line in _lines(lanes):
        if "violations" in line:
            played.failure = line
            break
        latest[number] = line
    for line in latest.values():
        played.histories += line["histories"]
        played.counts.update(line["counts"])
        played.surprises.update(line["surprises"])


def _lines(lanes: list[_Lane]) -> Iterator[tuple[int, dict[str, Any]]]:
    with selectors.DefaultSelector() as selector:
        for number, lane in enumerate(lanes):
            selector.register(lane.says, selectors.EVENT_READ, (number, lane))
        while selector.get_map():
            for key, _ in selector.select():
                number, lane = key.data
                text = lane.says.readline()
                if text:
                    yield number, _read(text)
                    continue
                selector.unregister(key.fileobj)
                if code := lane.process.wait():
                    raise LaneBroke(
                        f"A lane ended with {code}. {lane.log.read_text(errors='replace')[-3000:]}"
                    )


def _read(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        raise LaneBroke(f"A lane said what it should not: {text[:500]!r}") from None
