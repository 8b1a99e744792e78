"""Where everything of ours lies in the one data folder, and the passwords that are made there once.

Standard library only and without effect when imported, because settings.py reads it. Only
`Locations.secrets()` (and what needs a password) writes: it makes the secrets file when there is none.
"""

import contextlib
import hashlib
import json
import os
import secrets
import stat
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from oversight.embedded.problems import CannotStart, unusable

Role = Literal["app", "owner"]

DATABASE = "oversight"
SUPERUSER = "postgres"
ROLE_NAMES: dict[Role, str] = {"app": "oversight_app", "owner": "oversight_owner"}

# sun_path of unix(7) holds 108 bytes, the last one being NUL.
LONGEST_SOCKET_PATH = 107
POSTGRES_SOCKET = "postgres/.s.PGSQL.5432"
# Fixed, not $TMPDIR or $XDG_RUNTIME_DIR: every process must come to the same answer, whatever session it runs
# in.
SHORT_PARENT = Path("/tmp")  # noqa: S108 - the folder below is private and its owner is checked


@dataclass(frozen=True, slots=True)
class Secrets:
    """Random words made once for this data folder: Django's key and the password of each database role."""

    secret_key: str
    superuser: str
    owner: str
    app: str

    def __repr__(self) -> str:
        return "<Secrets>"  # never into a log or a traceback


@dataclass(frozen=True)
class Locations:
    """The map of one data folder. `data` must be an absolute path; it need not exist yet."""

    data: Path

    def __post_init__(self) -> None:
        if not self.data.is_absolute():
            raise ValueError(f"The data folder must be an absolute path, not {self.data}")

    @property
    def postgres_data(self) -> Path:
        return self.data / "postgres"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def secrets_file(self) -> Path:
        return self.data / "secrets.json"

    @property
    def launcher_lock(self) -> Path:
        return self.data / "up.lock"

    @property
    def demo_wanted(self) -> Path:
        """Lies there from the first start until the demo is made, so that a killed first start still gets one."""
        return self.data / "demo.wanted"

    @property
    def sockets(self) -> Path:
        """Folder of the unix sockets: inside the data folder, or a short one where that path would not fit.

        A comma separates hosts in a database address, so a path with one cannot hold a socket either.
        """
        inside = self.data / "run"
        fits = len(os.fsencode(inside / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH
        if fits and "," not in str(inside):
            return inside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return SHORT_PARENT / f"oversight-{name}"

    @property
    def postgres_socket_dir(self) -> Path:
        return (self.sockets / POSTGRES_SOCKET).parent

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def database_url(self, role: Role, name: str = DATABASE) -> str:
        """Address of the embedded database for one of our two roles. Raises CannotStart."""
        words = self.secrets()
        return self._database_url(ROLE_NAMES[role], words.app if role == "app" else words.owner, name)

    def superuser_url(self, name: str = "postgres") -> str:
        """Address for provisioning: settings and the product itself never use it. Raises CannotStart."""
        return self._database_url(SUPERUSER, self.secrets().superuser, name)

    def _database_url(self, user: str, password: str, name: str) -> str:
        refuse_strangers_folder(self.sockets, self.data)
        # require_auth: whoever sits at the other end, never hand over the password itself.
        host = quote(str(self.postgres_socket_dir), safe="/")
        return f"postgresql://{user}:{password}@/{name}?host={host}&require_auth=scram-sha-256"

    def redis_url(self) -> str:
        """Address of the embedded Valkey. Raises CannotStart."""
        refuse_strangers_folder(self.sockets, self.data)
        return f"unix://{quote(str(self.valkey_socket), safe='/')}"

    def secrets(self) -> Secrets:
        """Read the secrets, making them first where there are none. Safe when two processes race.

        Raises CannotStart.
        """
        try:
            if not self.secrets_file.exists():
                make_private_folder(self.data)
                _write_once(self.secrets_file, json.dumps(asdict(_fresh_secrets()), indent=1))
            return Secrets(**json.loads(self.secrets_file.read_text(encoding="utf-8")))
        except OSError as error:
            raise unusable(self.data, error) from error
        except (ValueError, TypeError) as error:
            raise CannotStart(
                f"{self.secrets_file} is damaged. Put back a copy of it, or move the folder {self.data} "
                f"away to start afresh."
            ) from error


def _fresh_secrets() -> Secrets:
    # URL-safe, so that a password needs no quoting inside an address.
    passwords = [secrets.token_urlsafe(24) for _ in range(3)]
    return Secrets(secrets.token_urlsafe(48), *passwords)


def _write_once(target: Path, text: str) -> None:
    """Write a file that appears whole or not at all; if another process was first, theirs stays."""
    descriptor, temporary = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.name}."
    )  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, target)
    finally:
        os.unlink(temporary)


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter; leave an existing one's mode alone. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not folder.is_dir():
        raise NotADirectoryError(20, "Not a folder", str(folder))


def refuse_strangers_folder(sockets: Path, data: Path) -> None:
    """In a place that everybody may write to, somebody else may have made our folder first: do not use
    theirs.

    Raises CannotStart. A folder that does not exist yet is fine.
    """
    if sockets.is_relative_to(data):
        return
    try:
        found = os.lstat(sockets)
    except FileNotFoundError:
        return
    friends = {os.geteuid(), 0} | ({data.stat().st_uid} if data.exists() else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in friends or found.st_mode & 0o022:
        raise CannotStart(
            f"{sockets} belongs to somebody else. Choose a data folder with a shorter path: "
            f"OVERSIGHT_DATA=/path/to/folder."
        )
