"""Decides how a hostile photo is opened: in a child process that can do nothing but open it.

A decoder's hole then costs one short-lived, limited process (`privacy.cell` lists its limits), not the web
server or a worker. Bytes go in by stdin and the result comes out by stdout: nothing touches a disk. There is
no `preexec_fn`, so it is safe from threads: the child limits itself before it reads.
"""

import importlib.util
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

from privacy.framing import unpack
from privacy.photos import MAX_BYTES, CleanPhoto, PhotoRefused

__all__ = ["CleanPhoto", "PhotoRefused", "rebuild_in_cage"]

CAGES_AT_ONCE: Final = 2
"""Children at one time in this process: each may take 1 GiB and one core."""
_WAIT_FOR_A_CAGE: Final = 60.0

_ROOT: Final = Path(__file__).resolve().parent.parent
_CELL: Final = Path(__file__).resolve().with_name("cell.py")
# A 4096 x 4096 JPEG of pure noise at quality 92 is about 20 MiB; the copy of a PDF may be as large as the PDF.
_MOST_OUTPUT: Final = 48 * 2**20
_PIPE_STEP: Final = 64 * 1024

_free_cages = threading.BoundedSemaphore(CAGES_AT_ONCE)


@dataclass(frozen=True)
class Limits:
    """What a child may use: bytes of address space, CPU and wall seconds, open files."""

    memory: int = 2**30
    cpu_seconds: int = 9
    open_files: int = 24
    wall_seconds: float = 9.0
    """Nine, so that the refusal itself comes within ten."""


def rebuild_in_cage(data: bytes, *, allow_heif: bool = True) -> CleanPhoto:
    """`privacy.photos.rebuild` in a limited child process: the only door for a stranger's file.

    Raises PhotoRefused as `rebuild` does; also "too_slow" past 9 seconds and "crashed" when the child dies.
    """
    if not data:
        raise PhotoRefused("empty")
    if len(data) > MAX_BYTES:
        raise PhotoRefused("too_large")
    name = "rebuild_photo" if allow_heif else "rebuild_photo_without_heif"
    return unpack(run_in_cell(f"privacy.caged_work:{name}", data, Limits()), data)


def run_in_cell(task: str, data: bytes, limits: Limits, packages: tuple[str, ...] = ()) -> bytes:
    """What the function `task` ("module:function", bytes to bytes) answers to `data` in a limited child.

    `packages` are what the task imports beside Pillow.
    Raises PhotoRefused: "too_slow" when time ran out, "crashed" when the child died or answered too much.
    """
    if not _free_cages.acquire(timeout=_WAIT_FOR_A_CAGE):
        raise PhotoRefused("too_slow")
    try:
        return b"".join(listen_to_cell(task, data, limits, packages))
    finally:
        _free_cages.release()


def listen_to_cell(task: str, data: bytes, limits: Limits, packages: tuple[str, ...] = ()) -> Iterator[bytes]:
    """The same, piece by piece as the child writes it; closing the iterator ends the child.

    `packages` are what the task imports beside Pillow. Whoever calls this sees to it that few run at a time.
    """
    child = subprocess.Popen(
        _command(task, limits, packages),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could hold pieces of the photo's metadata
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        yield from _conversation(child, data, time.monotonic() + limits.wall_seconds)
    finally:
        _bury(child)


def _command(task: str, limits: Limits, packages: tuple[str, ...]) -> list[str]:
    for_child = asdict(limits)
    del for_child["wall_seconds"]
    paths = _library_paths(("PIL", "pillow_heif", *packages))
    return [sys.executable, "-I", "-S", "-B", str(_CELL), task, json.dumps(for_child), *paths]


@cache
def _library_paths(names: tuple[str, ...]) -> tuple[str, ...]:
    """This project's folder and those that hold these packages, found without importing them."""
    folders = [str(_ROOT)]
    for name in names:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            folders.append(str(Path(spec.origin).parent.parent))
    return tuple(dict.fromkeys(folders))


def _conversation(child: subprocess.Popen[bytes], data: bytes, deadline: float) -> Iterator[bytes]:
    """Feed `data` and collect the answer side by side: one after the other could block both ends for ever."""
    assert child.stdin is not None  # noqa: S101 - both are pipes, as asked for above
    assert child.stdout is not None  # noqa: S101
    to_send = memoryview(data)
    answered = 0
    with selectors.DefaultSelector() as ready:
        for pipe, event in ((child.stdin, selectors.EVENT_WRITE), (child.stdout, selectors.EVENT_READ)):
            os.set_blocking(pipe.fileno(), False)
            ready.register(pipe, event)
        while child.stdout in ready.get_map():
            for key, _ in ready.select(max(0.0, deadline - time.monotonic())):
                if key.fileobj is child.stdin:
                    to_send = _sent(key.fd, to_send)
                    if not to_send:
                        ready.unregister(child.stdin)
                        child.stdin.close()
                    continue
                chunk = os.read(key.fd, _PIPE_STEP)
                answered += len(chunk)
                if answered > _MOST_OUTPUT:
                    raise PhotoRefused("crashed")
                if chunk:
                    yield chunk
                else:
                    ready.unregister(child.stdout)
            if time.monotonic() > deadline:
                raise PhotoRefused("too_slow")
    _check_end(child, deadline)


def _sent(pipe: int, rest: memoryview) -> memoryview:
    """What is left to send; nothing once the child has stopped listening."""
    try:
        return rest[os.write(pipe, rest[:_PIPE_STEP]) :]
    except BrokenPipeError:
        return rest[:0]


def _check_end(child: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        code = child.wait(timeout=max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        code = -signal.SIGXCPU
    if code == -signal.SIGXCPU:
        raise PhotoRefused("too_slow")
    if code != 0:
        raise PhotoRefused("crashed")


def _bury(child: subprocess.Popen[bytes]) -> None:
    """Leave no process and no pipe behind, whatever happened."""
    if child.poll() is None:  # not yet collected, so the number is still this child's
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
