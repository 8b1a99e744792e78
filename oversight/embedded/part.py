"""What every long-running program of the product has in common: start, answer, be found again, stop."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from oversight.embedded.locations import Locations
from oversight.embedded.problems import CannotStart, died, unusable
from oversight.embedded.processes import MARK, OURSELVES, RunAs, end, mark, marked, spawn, wait_until

KILL = ((signal.SIGKILL, 5.0),)


class Part:
    """One program of ours, with its own session, log and mark.

    A subclass says how it is called (`name` for files, `title` for people), what to run and how to know that
    it answers.
    """

    name: str
    title: str
    stop_signal = signal.SIGTERM
    stop_seconds = 10.0
    ready_seconds = 60.0
    leans_on_servers = False  # stopped before the database and the queue

    def __init__(self, locations: Locations, env: Mapping[str, str] | None = None) -> None:
        self.locations = locations
        self.env = dict(os.environ if env is None else env)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.locations.logs / f"{self.name}.log"

    def command(self) -> Sequence[str | Path]:
        raise NotImplementedError

    def cwd(self) -> Path:
        return Path.cwd()

    def run_as(self) -> RunAs:
        return OURSELVES

    def is_ready(self) -> bool:
        """Whether it answers now, without waiting long. Raises CannotStart where waiting has no sense."""
        raise NotImplementedError

    def leftovers(self) -> set[int]:
        """Processes of this part that still live, including those whose launcher was killed."""
        return marked(mark(self.locations.data, self.name))

    def prepare(self) -> None:
        """Put right what an earlier life left behind; runs before every start. Raises CannotStart."""
        if not end(self.leftovers, ((self.stop_signal, 3.0), *KILL)):
            raise CannotStart(
                f"{self.title.capitalize()} of an earlier start still runs and cannot be ended."
            )

    def start(self) -> None:
        """Start without waiting for it to answer. Raises CannotStart."""
        try:
            self.prepare()
            self.process = spawn(
                self.command(),
                log=self.log,
                env={**self.env, MARK: mark(self.locations.data, self.name)},
                cwd=self.cwd(),
                run_as=self.run_as(),
                at_our_death=self.stop_signal,
            )
        except OSError as error:
            raise unusable(self.locations.data, error) from error

    def wait_until_ready(self) -> None:
        """Wait for the first answer. Raises CannotStart, with the end of the log, when none comes."""
        ready = wait_until(lambda: self.exit_code() is not None or self.is_ready(), self.ready_seconds)
        if not ready or self.exit_code() is not None:
            raise died(self.title, self.log)

    def exit_code(self) -> int | None:
        """None while it runs (or was never started); below zero: the signal that ended it."""
        return None if self.process is None else self.process.poll()

    def ask_to_stop(self) -> None:
        """Send the polite signal and return at once."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float | None = None) -> None:
        """Stop politely within `seconds`, then by force, children and grandchildren included."""
        patience = self.stop_seconds if seconds is None else seconds
        self.ask_to_stop()
        if self.process is None:  # never started, or interrupted between starting it and noting it down
            end(self.leftovers, ((self.stop_signal, patience), *KILL))
            return
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        end(self.leftovers, KILL)
        self.process = None
