"""Starting, finding and ending processes so that none is left behind, whatever was killed.

Three means, each for what the others miss: the kernel tells a child when its launcher dies
(PR_SET_PDEATHSIG); every child carries a mark in its environment, which its own children inherit; and a
server works inside its data folder. The last two are read from /proc, so no list of ours can go stale and a
reused process number is never mistaken for ours.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
MARK = "OVERSIGHT_PART"
LOG_LIMIT = 10 * 1024 * 1024
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class RunAs:
    """How to become the user a program runs as: a command put before it, or another uid (root only)."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, object]:
        """Keyword arguments for subprocess."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


OURSELVES = RunAs()


def mark(data: Path, part: str) -> str:
    """What the environment of every process of one part of one data folder carries."""
    return f"{part}@{data}"


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    run_as: RunAs = OURSELVES,
    at_our_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to `log`. Raises OSError.

    Call from the main thread: the kernel ties the child's life to the thread that started it.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        os.truncate(log, 0)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            [*run_as.prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,  # Ctrl-C in the terminal reaches the launcher alone
            preexec_fn=leash(at_our_death),
            **run_as.options(),
        )
    finally:
        os.close(descriptor)


def leash(at_our_death: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program: be told of our death, leave no core dumps."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    parent = os.getpid()

    def attach() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would put faces on the disk
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(at_our_death))
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return attach


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that is dead but not yet collected does not."""
    try:
        state = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in {b"Z", b"X"}


def _processes() -> Iterator[Path]:
    for entry in PROC.glob("[0-9]*"):
        if entry.name != str(os.getpid()):
            yield entry


def marked(word: str) -> set[int]:
    """Every living process, at any depth, that a part's mark was given to."""
    wanted = f"{MARK}={word}".encode()
    found = set()
    for entry in _processes():
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
    return {pid for pid in found if is_alive(pid)}


def working_in(folder: Path) -> set[int]:
    """Every living process whose working folder is this one: how the servers' processes are known."""
    found = set()
    for entry in _processes():
        with contextlib.suppress(OSError):
            if os.readlink(entry / "cwd") == str(folder):
                found.add(int(entry.name))
    return {pid for pid in found if is_alive(pid)}


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; False when it did not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def send(pids: Collection[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def end(find: Callable[[], set[int]], steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """End the processes that `find` finds: each signal in turn, waiting its seconds. True when none is left.

    They are looked for again before each signal, so one that a dying process still started is ended too.
    """
    for number, seconds in steps:
        if not find():
            return True
        send(find(), number)
        if wait_until(lambda: not find(), seconds):
            return True
    return not find()
