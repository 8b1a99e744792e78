"""Keeps the parts of the running product alive, and stops them all in good order.

A part that ends by itself is started again, at once the first time and more slowly each time it fails soon
after. Everything happens in the main thread: the kernel ties the children's lives to it (see processes.py).
"""

import contextlib
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType

from oversight.embedded.part import Part
from oversight.embedded.problems import CannotStart, last_lines

LOOK_EVERY_SECONDS = 0.2
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
FAILURES_BEFORE_QUOTING = 3
SAME_KEYPRESS_SECONDS = 1.0
HURRY_SECONDS = 0.5
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """Ctrl-C, a polite kill, or a closed terminal: whatever is being done, stop. Its argument is the signal."""


def say(line: str = "") -> None:
    """Tell whoever watches the terminal."""
    print(line, flush=True)  # noqa: T201 - the launcher's whole user interface


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """A progress line: the text while it lasts, then the seconds it took."""
    began = time.monotonic()
    print(f"{text} … ", end="", flush=True)  # noqa: T201
    try:
        yield
    except BaseException:
        say()
        raise
    say(f"{time.monotonic() - began:.1f} s")


@dataclass
class Keeper:
    """Watches one part. Times are of time.monotonic()."""

    part: Part
    started: float
    failures: int = 0
    start_again_at: float | None = None
    answers: bool = True

    def tend(self, now: float) -> None:
        """Look once: note an end, start again when its time has come, say when it answers again."""
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self._start_again(now)
        elif (code := self.part.exit_code()) is not None:
            self._note_end(how_it_ended(code), now)
        elif not self.answers and self.part.is_ready():
            self.answers = True
            say(f"{_capital(self.part.title)} is back.")

    def _note_end(self, how: str, now: float) -> None:
        self.failures = 1 if now - self.started > STEADY_AFTER_SECONDS else self.failures + 1
        wait = min(FIRST_WAIT_SECONDS * 2 ** (self.failures - 1), LONGEST_WAIT_SECONDS)
        self.start_again_at, self.answers = now + wait, False
        say(f"{_capital(self.part.title)} stopped by itself ({how}). Starting it again in {wait:g} s.")
        if self.failures >= FAILURES_BEFORE_QUOTING:
            say(f"The end of {self.part.log}:\n{last_lines(self.part.log)}")

    def _start_again(self, now: float) -> None:
        self.started, self.start_again_at = now, None
        try:
            self.part.start()
        except CannotStart as problem:
            self._note_end(str(problem), now)


def how_it_ended(code: int) -> str:
    """An exit code of subprocess in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _capital(title: str) -> str:
    return title[0].upper() + title[1:]


class Supervisor:
    """The parts in the order of their start; stopping goes the other way."""

    def __init__(self) -> None:
        self.keepers: list[Keeper] = []
        self._asked_at: float | None = None
        self._deaf = False

    def start(self, part: Part) -> None:
        """Start a part and keep it from now on, without waiting for its answer. Raises CannotStart."""
        keeper = Keeper(part, started=time.monotonic())
        self.keepers.append(keeper)
        part.start()

    def watch(self) -> None:
        """Tend the parts until StopAsked is raised."""
        while True:
            for keeper in self.keepers:
                keeper.tend(time.monotonic())
            time.sleep(LOOK_EVERY_SECONDS)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """What starts inside ends with the block, however that ends; being asked to stop ends it quietly."""
        earlier = {number: signal.signal(number, self._hear) for number in STOP_SIGNALS}
        try:
            yield
        except StopAsked as asked:
            say(f"\nStopping ({signal.Signals(asked.args[0]).name}). Press Ctrl-C again to stop at once.")
            self._stop()
            say("Stopped.")
        finally:
            self._stop()
            for number, handler in earlier.items():
                signal.signal(number, handler)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        repeated = self._asked_at is not None and now - self._asked_at < SAME_KEYPRESS_SECONDS
        if self._deaf or repeated:  # make passes on what we were sent as well
            return
        self._asked_at = now
        raise StopAsked(number)

    def _stop(self) -> None:
        parts = [keeper.part for keeper in reversed(self.keepers)]
        try:
            stop_all(parts)
        except StopAsked:
            self._deaf = True
            stop_all(parts, HURRY_SECONDS)
        self.keepers.clear()


def stop_all(parts: Sequence[Part], seconds: float | None = None) -> None:
    """Stop the product's programs side by side, then the servers they lean on, in the order given."""
    leaning = [part for part in parts if part.leans_on_servers]
    for part in leaning:
        part.ask_to_stop()
    for part in [*leaning, *(part for part in parts if not part.leans_on_servers)]:
        part.stop(seconds)
