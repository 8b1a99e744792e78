"""The database as its owner, who alone may read the guards' own tables. The embedded one is started where it sleeps."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
from django.conf import settings

from oversight.embedded.launch import only_one, read_address
from oversight.embedded.locations import Locations
from oversight.embedded.postgres import Postgres
from oversight.embedded.programs import PROJECT
from oversight.embedded.provision import provision
from oversight.environment import read_text
from workers.backup.problems import CannotRestore
from workers.backup.tables import Database


@contextlib.contextmanager
def awake() -> Iterator[None]:
    """Have a database that answers, for the length of the block. Raises CannotStart."""
    locations: Locations = settings.LOCATIONS
    if read_text("DATABASE_URL") or _answers(locations):
        yield
        return
    with only_one(locations, read_address(os.environ)):
        server = Postgres(locations)
        try:
            server.start()
            server.wait_until_ready()
            provision(locations)
            yield
        finally:
            server.stop()


def _answers(locations: Locations) -> bool:
    """Looks for the server before it asks for a password, which would make one."""
    if not locations.secrets_file.exists():
        return False
    try:
        psycopg.connect(locations.database_url("owner"), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def as_owner() -> Database:
    """Raises psycopg.OperationalError."""
    return psycopg.connect(settings.DATABASE_OWNER_URL or _app_address(), autocommit=False)


def _app_address() -> str:
    """Where one role does everything."""
    return read_text("DATABASE_URL") or settings.LOCATIONS.database_url("app")


def migrate(*target: str) -> None:
    """Apply migrations as the owner, all of them or one app's up to one. Raises CannotRestore."""
    done = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), "migrate", *target, "--verbosity=0", "--skip-checks"],
        env={**os.environ, "OVERSIGHT_DB_ROLE": "owner"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotRestore(f"The tables could not be prepared:\n{done.stdout}{done.stderr}".strip())
