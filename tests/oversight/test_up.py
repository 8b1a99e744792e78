"""`manage.py up` as a person meets it: the terminal's words, what runs, what is left when it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest

from oversight.embedded.launch import read_address, refuse_busy_port
from oversight.embedded.locations import Locations
from oversight.embedded.part import Part
from oversight.embedded.postgres import Postgres
from oversight.embedded.problems import CannotStart
from oversight.embedded.processes import wait_until
from oversight.embedded.programs import PROJECT, Web, Worker
from oversight.embedded.supervisor import LONGEST_WAIT_SECONDS, STEADY_AFTER_SECONDS, Keeper
from oversight.embedded.valkey import Valkey

START_SECONDS = 90
NOT_FOR_THE_CHILD = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


class Terminal:
    """One `manage.py up` with its own data folder and port, and what it printed so far."""

    def __init__(self, folder: Path, port: int) -> None:
        self.locations = Locations(folder / "data")
        self.printed = folder / "printed"
        self.address = f"http://127.0.0.1:{port}/"
        settings = {
            "OVERSIGHT_DATA": str(self.locations.data),
            "PORT": str(port),
            # No demo: its making has tests of its own.
            "OVERSIGHT_DEMO": "0",
            "OVERSIGHT_OPERATOR_STATE": "OH",
            "OVERSIGHT_COMPUTE_STATES": "OH",
        }
        kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_CHILD}
        self.env = {**kept, **settings}
        self.parts: dict[str, Part] = {
            "postgres": Postgres(self.locations),
            "valkey": Valkey(self.locations),
            "web": Web(self.locations, host="127.0.0.1", port=port),
            "worker": Worker(self.locations),
        }
        self.process: subprocess.Popen[str] | None = None

    def type_up(self) -> None:
        with self.printed.open("w", encoding="utf-8") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=PROJECT,
                env=self.env,
                stdout=stream,
                stderr=stream,
                text=True,
            )
        assert self.waits_for(lambda: "Press Ctrl-C" in self.text()), self.text()

    def text(self) -> str:
        return self.printed.read_text(encoding="utf-8")

    def has_printed(self, words: str) -> bool:
        return words in self.text()

    def waits_for(self, condition: Callable[[], bool], seconds: float = START_SECONDS) -> bool:
        assert self.process is not None
        process = self.process
        return wait_until(lambda: condition() or process.poll() is not None, seconds) and condition()

    def answers(self) -> bool:
        visit = HTTPConnection("127.0.0.1", int(self.env["PORT"]), timeout=5)
        try:
            visit.request("GET", "/readyz")
            return visit.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            visit.close()

    def first_process(self, name: str) -> int:
        """The lowest number of a part is the one that the launcher started."""
        return min(self.parts[name].leftovers())

    def left(self) -> set[int]:
        return set().union(*(part.leftovers() for part in self.parts.values()))

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for name in ("web", "worker", "valkey", "postgres"):
            self.parts[name].stop(1)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    folder = Path(tempfile.mkdtemp(prefix="oversight-up-"))
    made = Terminal(folder, free_port())
    yield made
    made.end()
    shutil.rmtree(folder)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.stack
def test_up_survives_every_kill_and_leaves_nothing_behind(terminal: Terminal) -> None:
    terminal.type_up()
    assert terminal.answers()
    assert f"Oversight is running: {terminal.address}" in terminal.text()

    second = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=PROJECT,
        env=terminal.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "already runs on the data folder" in second.stderr
    assert "Traceback" not in second.stderr

    for name, title in (
        ("web", "web server"),
        ("worker", "worker"),
        ("valkey", "queue"),
        ("postgres", "database"),
    ):
        os.kill(terminal.first_process(name), signal.SIGKILL)
        back = f"The {title} is back."
        assert terminal.waits_for(partial(terminal.has_printed, back), 20), terminal.text()
    assert terminal.waits_for(terminal.answers, 20)

    assert terminal.process is not None
    terminal.process.kill()
    terminal.process.wait()
    assert wait_until(lambda: not terminal.left(), 15)

    terminal.type_up()
    assert "Preparing the tables" not in terminal.text()
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(20) == 0
    assert terminal.text().endswith("Stopped.\n")
    assert not terminal.left()


def test_a_busy_port_is_named_with_a_way_out(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", int(terminal.env["PORT"]))):
        done = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env=terminal.env,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert f"Port {terminal.env['PORT']} is used by another program" in done.stderr
    assert f"PORT={int(terminal.env['PORT']) + 1} make run" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (terminal.locations.postgres_data).exists()


@pytest.mark.parametrize("word", ["abc", "0", "65536", "-1", "80 00"])
def test_an_odd_port_is_refused(word: str) -> None:
    with pytest.raises(CannotStart, match="PORT is"):
        read_address({"PORT": word})


@pytest.mark.parametrize(
    ("env", "shown"),
    [
        ({}, "http://127.0.0.1:8000/"),
        ({"PORT": " 8001 "}, "http://127.0.0.1:8001/"),
        ({"OVERSIGHT_BIND": "::", "PORT": "1"}, "http://127.0.0.1:1/"),
        ({"OVERSIGHT_BIND": "::1"}, "http://[::1]:8000/"),
    ],
)
def test_the_address_that_is_shown_can_be_opened(env: dict[str, str], shown: str) -> None:
    assert str(read_address(env)) == shown


def test_an_unknown_host_name_is_said_in_a_sentence() -> None:
    with pytest.raises(CannotStart, match="OVERSIGHT_BIND"):
        refuse_busy_port(read_address({"OVERSIGHT_BIND": "no.such.host.invalid"}))


class FailingPart(Part):
    """Ends at once, each time."""

    name = "failing"
    title = "the failing part"
    starts = 0
    code: int | None = 1

    def start(self) -> None:
        self.starts += 1

    def exit_code(self) -> int | None:
        return self.code


def test_a_part_that_keeps_failing_is_started_more_and_more_slowly(tmp_path: Path) -> None:
    part = FailingPart(Locations(tmp_path))
    keeper = Keeper(part, started=0.0)
    waits = []

    now = 0.0
    for _ in range(10):
        keeper.tend(now)  # notes the end
        assert keeper.start_again_at is not None
        waits.append(keeper.start_again_at - now)
        keeper.tend(keeper.start_again_at - 0.01)
        now = keeper.start_again_at
        keeper.tend(now)  # starts again

    assert part.starts == 10
    assert waits[:4] == pytest.approx([0.5, 1.0, 2.0, 4.0])
    assert waits[-1] == LONGEST_WAIT_SECONDS


def test_a_part_that_ran_steadily_is_started_again_quickly(tmp_path: Path) -> None:
    keeper = Keeper(FailingPart(Locations(tmp_path)), started=0.0, failures=9)

    keeper.tend(STEADY_AFTER_SECONDS + 1)

    assert keeper.start_again_at == pytest.approx(STEADY_AFTER_SECONDS + 1.5)
