"""Watches everything that a process could leave a photo's bytes in: folders, open files, sockets, Valkey's commands."""

import base64
import ctypes
import hashlib
import os
import re
import select
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

_CREATED_WRITTEN_MOVED = 0x100 | 0x2 | 0x80
_WRITING = 0o3
_PIECE = 24


def needles(*secrets: bytes) -> list[bytes]:
    """Pieces of each secret that could be nothing else: as it is, in hexadecimal digits and in base64; its hash."""
    found = []
    for secret in secrets:
        for start in range(len(secret) // 3, len(secret) - _PIECE, max(1, len(secret) // 7)):
            piece = secret[start : start + _PIECE]
            found += [piece, piece.hex().encode()]
        middle = base64.b64encode(secret)
        found += [
            middle[at : at + _PIECE]
            for at in range(len(middle) // 3, len(middle) - 32, len(middle) // 7 or 1)
        ]
        found += [hashlib.sha256(secret).digest(), hashlib.sha256(secret).hexdigest().encode()]
    return found


def holds(content: bytes, wanted: Iterable[bytes]) -> bool:
    return any(needle in content for needle in wanted)


def files_with(
    folder: Path, wanted: list[bytes], leave_out: Callable[[Path], bool] = lambda _: False
) -> list[str]:
    """Files below a folder that hold one of the needles."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not leave_out(path)
        and holds(path.read_bytes(), wanted)
    ]


class Folders:
    """Every file that is made, written or moved into these folders (inotify), as "folder/name"."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init()
        self._names: dict[int, Path] = {}
        for folder in folders:
            number = self._libc.inotify_add_watch(
                self._descriptor, os.fsencode(folder), _CREATED_WRITTEN_MOVED
            )
            assert number > 0
            self._names[number] = folder

    def events(self) -> list[str]:
        """What happened since the last question."""
        found = []
        while select.select([self._descriptor], [], [], 0.05)[0]:
            data, at = os.read(self._descriptor, 64 * 1024), 0
            while at < len(data):
                watch, _, _, length = struct.unpack_from("iIII", data, at)
                name = data[at + 16 : at + 16 + length].rstrip(b"\0").decode()
                found.append(str(self._names[watch] / name))
                at += 16 + length
        return found

    def close(self) -> None:
        os.close(self._descriptor)


class Processes(threading.Thread):
    """Looks again and again at a process and its children: files open for writing, and the far ends of sockets."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._stop_asked = threading.Event()
        self.written: set[str] = set()
        self.far_ends: set[str] = set()
        self.most_children = 0

    def run(self) -> None:
        while not self._stop_asked.is_set():
            family = list(_family(self._pid))
            self.most_children = max(self.most_children, len(family))
            for pid in family:
                self._look_at(pid)
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()

    def _look_at(self, pid: int) -> None:
        connected = _connections(pid)
        for entry in _listed(Path(f"/proc/{pid}/fd")):
            try:
                target = os.readlink(entry)
                flags = Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text().split("flags:")[1].split()[0]
            except (OSError, IndexError):
                continue
            if target.startswith("/") and int(flags, 8) & _WRITING and not target.startswith("/dev/null"):
                self.written.add(target)
            if target.startswith("socket:["):
                self.far_ends |= connected.get(target[8:-1], set())


def _family(pid: int) -> Iterator[int]:
    """A process and all that it started, by way of any of its threads."""
    yield pid
    for thread in _listed(Path(f"/proc/{pid}/task")):
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _connections(pid: int) -> dict[str, set[str]]:
    """The far end of each TCP connection, by its socket's number."""
    found: dict[str, set[str]] = {}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        try:
            lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if set(fields[2].split(":")[0]) != {"0"}:
                found.setdefault(fields[9], set()).add(fields[2].split(":")[0])
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _unescaped(command: str) -> bytes:
    r"""MONITOR writes bytes that cannot be printed as \xNN."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), command.encode())


@contextmanager
def commands_of(url: str) -> Iterator[list[bytes]]:
    """Every command that Valkey is given in the meantime (MONITOR), whole."""
    told: list[bytes] = []
    client = Redis.from_url(url, socket_timeout=None)  # nothing may be said for a long time
    monitor = client.monitor()  # type: ignore[no-untyped-call]
    monitor.__enter__()

    def listen() -> None:
        for command in monitor.listen():
            told.append(_unescaped(str(command["command"])))
            if command["command"] == "ECHO the-end":
                return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    yield told
    other = Redis.from_url(url)
    other.echo("the-end")
    listener.join(timeout=10)
    other.close()
    monitor.__exit__(None, None, None)
    client.close()
