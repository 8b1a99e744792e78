"""The scratch database that histories run in. Never the live one: a name without the prefix is refused everywhere.

By default a PostgreSQL of its own in a temporary folder, gone afterwards. Given a server, the database named in its
address is the (migrated) template, and each lane works in a clone that is dropped in the end.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from oversight.embedded.locations import Locations
from oversight.embedded.postgres import Postgres
from oversight.embedded.problems import CannotStart
from oversight.embedded.programs import PROJECT
from oversight.embedded.provision import provision

PREFIX = "oversight_scratch_"
HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "150",  # about four for each writer
}
# Short waits: a deadlock is part of the game, and is to cost little.
PATIENCE = {"deadlock_timeout": "40ms", "lock_timeout": "10s", "statement_timeout": "20s"}


class NotScratch(Exception):
    """The database is not one of ours to break."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """One database as the app's role, as the owner of its tables and as the server's superuser."""

    app: str
    owner: str
    superuser: str

    def __post_init__(self) -> None:
        for url in (self.app, self.owner, self.superuser):
            require_scratch(database_of(url))

    def of(self, database: str) -> "Addresses":
        """The same three roles in another scratch database. Raises NotScratch."""
        return Addresses(*(_renamed(url, database) for url in (self.app, self.owner, self.superuser)))

    @property
    def database(self) -> str:
        return database_of(self.app)

    def environment(self, data: str) -> dict[str, str]:
        """What a process needs so that settings.py knows nothing but this database."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("OVERSIGHT_")}
        return {
            **kept,
            "DATABASE_URL": self.app,
            "DATABASE_OWNER_URL": self.owner,
            "REDIS_URL": "unix:///nonexistent",
            "OVERSIGHT_DATA": data,
            "OVERSIGHT_SECRET_KEY": secrets.token_urlsafe(50),
            "OVERSIGHT_PLUGINS": "recognition",
            "OVERSIGHT_OPERATOR_STATE": "OH",
            "OVERSIGHT_COMPUTE_STATES": "OH",
            "OVERSIGHT_LOG_LEVEL": "CRITICAL",
            "OMP_NUM_THREADS": "1",
        }

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def require_scratch(database: str) -> None:
    """Raises NotScratch for any name that does not begin with the prefix."""
    if not database.startswith(PREFIX):
        raise NotScratch(
            f"{database!r} is not a scratch database. Its name must begin with {PREFIX}: everything in it is lost."
        )


def database_of(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _renamed(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@contextlib.contextmanager
def own_server() -> Iterator[Addresses]:
    """A PostgreSQL of our own with one migrated database in it. Raises CannotStart."""
    with tempfile.TemporaryDirectory(prefix="oversight-histories-") as folder:
        locations = Locations(Path(folder) / "services")
        server = Postgres(locations, HASTE)
        try:
            server.start()
            server.wait_until_ready()
            name = f"{PREFIX}template"
            provision(locations, name)
            addresses = Addresses(
                locations.database_url("app", name),
                locations.database_url("owner", name),
                locations.superuser_url(name),
            )
            _migrate(addresses.environment(folder))
            yield addresses
        finally:
            server.stop()


def _migrate(environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), "migrate", "--verbosity=0", "--skip-checks"],
        env={**environment, "OVERSIGHT_DB_ROLE": "owner"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"The scratch database could not be migrated:\n{done.stdout}{done.stderr}")


def given_server(url: str, environment: Mapping[str, str]) -> Addresses:
    """The scratch database at a superuser's `url`, with the roles of DATABASE_URL and DATABASE_OWNER_URL.

    Raises NotScratch for any other database, and CannotStart where the roles' addresses are missing.
    """
    name = database_of(url)
    require_scratch(name)
    try:
        app, owner = environment["DATABASE_URL"], environment["DATABASE_OWNER_URL"]
    except KeyError as missing:
        raise CannotStart(f"Set {missing.args[0]}: it says how that server's roles are reached.") from None
    return Addresses(_renamed(app, name), _renamed(owner, name), url)


@contextlib.contextmanager
def clone(template: Addresses, number: int) -> Iterator[Addresses]:
    """A copy of the template for one lane, dropped afterwards."""
    made = template.of(f"{template.database}_{os.getpid()}_{number}")
    with psycopg.connect(_renamed(template.superuser, "postgres"), autocommit=True) as server:
        name, source = sql.Identifier(made.database), sql.Identifier(template.database)
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy OWNER {}")
        server.execute(copied.format(name, source, sql.Identifier(urlsplit(made.owner).username or "")))
        try:
            # What a copy does not take along: the rights on the database itself.
            server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            role = sql.Identifier(urlsplit(made.app).username or "")
            server.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, role))
            for setting, value in PATIENCE.items():
                change = sql.SQL("ALTER DATABASE {} SET {} = {}")
                server.execute(change.format(name, sql.Identifier(setting), sql.Literal(value)))
            yield made
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
