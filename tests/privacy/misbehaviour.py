"""What a hostile photo that has taken over its decoder might do; each runs in the real cage.

A task gets the upload's bytes and gives the answer's bytes, as `privacy.caged_work.rebuild_photo` does.
"""

import ctypes
import errno
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable


def echo(data: bytes) -> bytes:
    """Behave."""
    return data


def hang(data: bytes) -> bytes:
    """Wait without using any time of the processor."""
    time.sleep(600)
    return b""


def spin(data: bytes) -> bytes:
    """Use all of the processor."""
    while True:
        pass


def doze(data: bytes) -> bytes:
    """Take a moment."""
    time.sleep(0.4)
    return b""


def eat_memory(data: bytes) -> bytes:
    """Take more and more memory."""
    held = []
    while True:
        held.append(bytearray(b"\1" * 2**26))


def crash(data: bytes) -> bytes:
    """Read where nothing is, as a native decoder's fault does."""
    return ctypes.string_at(0)


def leave(data: bytes) -> bytes:
    """End early, with an error."""
    sys.exit(3)


def raise_an_error(data: bytes) -> bytes:
    """Fail as Python does."""
    raise RuntimeError("no")


def answer_without_reading_on(data: bytes) -> bytes:
    """Close the input and answer at once."""
    sys.stdin.close()
    return b"done"


def flood(data: bytes) -> bytes:
    """Answer with far more than any photo."""
    for _ in range(200):
        sys.stdout.buffer.write(bytes(2**20))
    return b""


def describe(data: bytes) -> bytes:
    """Tell what can be seen and done from in here, a line for each. `data`: an open port and a file to make."""
    port, path = data.decode().split(" ", 1)
    lines = {
        "environment": repr(sorted(os.environ)),
        "folder": os.getcwd(),
        "core": repr(resource.getrlimit(resource.RLIMIT_CORE)),
        "memory": repr(resource.getrlimit(resource.RLIMIT_AS)[0]),
        "cpu": repr(resource.getrlimit(resource.RLIMIT_CPU)[0]),
        "session": repr(os.getsid(0) == os.getpid()),
        "descriptors": repr(sorted(int(name) for name in os.listdir("/proc/self/fd") if int(name) < 3)),
        "django": repr("django" in sys.modules),
        "write": _tried(lambda: _write(path)),
        "connect": _tried(lambda: socket.create_connection(("127.0.0.1", int(port)), timeout=2).close()),
        "unix socket": _tried(lambda: socket.socket(socket.AF_UNIX).close()),
        "fork": _tried(_fork),
        "program": _tried(lambda: subprocess.run(["/bin/true"], check=True)),
        "signal": _tried(lambda: os.kill(os.getppid(), 0)),
        "many files": _tried(lambda: [open("/dev/null") for _ in range(100)]),  # noqa: SIM115
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items()).encode()


def _tried(act: Callable[[], object]) -> str:
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "refused")
    return "done"


def _write(path: str) -> None:
    with open(path, "wb") as file:
        file.write(b"x" * 10)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
