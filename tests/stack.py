"""Fixtures on top of tests/services.py: the tests' database, and the real processes on a copy of it."""

import contextlib
import os
import shutil
import signal
import socket
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from psycopg import sql
from redis import Redis

from oversight.embedded.locations import Locations
from oversight.embedded.part import Part
from oversight.embedded.problems import last_lines
from oversight.embedded.programs import Web, Worker
from oversight.embedded.provision import provision
from tests.services import SERVICES, TEMPLATE, TEST_DATABASE, Services

LOG_LINES = 60
ConnectAs = Literal["app", "owner", "superuser"]
_numbers = count(1)


class Stack:
    """A database and a data folder of one test's own, and the real processes that the test starts on them.

    What this process commits, they see, and the other way round. Do not combine with the `db` fixture, whose
    transaction nobody else can look into.
    """

    def __init__(self, services: Services) -> None:
        self.services = services
        self.database = f"oversight_stack_{next(_numbers)}"
        self.env = {**os.environ, **services.environment(self.database)}
        self.data = services.data
        self.parts: dict[str, Part] = {}
        self._connections: list[psycopg.Connection] = []

    def start_worker(self, name: str = "worker") -> Part:
        """Start `python -m workers`; under the same name again, what is left of the earlier one ends first."""
        worker = Worker(self._locations(), env=self.env)
        worker.name = name
        return self._start(worker)

    def start_web(self) -> str:
        """Start the web server on a free port; its address, without a slash at the end, once it answers."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self._start(Web(self._locations(), host="127.0.0.1", port=port, env=self.env))
        return f"http://127.0.0.1:{port}"

    def kill(
        self, name: str, number: signal.Signals = signal.SIGKILL, *, with_children: bool = False
    ) -> None:
        """Send a signal to a part ("web", "worker"): to its first process, or to all of it."""
        part = self.parts[name]
        assert part.process is not None
        for pid in part.leftovers() if with_children else {part.process.pid}:
            with contextlib.suppress(ProcessLookupError):  # a job's process may just have ended
                os.kill(pid, number)
        if number == signal.SIGKILL:
            part.process.wait()

    def logs(self) -> dict[str, str]:
        """The end of each part's log."""
        return {name: last_lines(part.log, LOG_LINES) for name, part in self.parts.items()}

    def connect(self, role: ConnectAs) -> psycopg.Connection:
        """A connection of its own to this stack's database, closed when the test ends."""
        connection = connect_as(self.services, role, self.database)
        self._connections.append(connection)
        return connection

    def open(self) -> None:
        """Make the database and empty what earlier tests left."""
        provision(self.services.locations, self.database, template=TEMPLATE)
        empty(self.data)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        for part in self.parts.values():
            part.stop()
        empty(self.data)
        with connect_as(self.services, "superuser", "postgres") as server:
            server.autocommit = True
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.database)))

    def _locations(self) -> Locations:
        return Locations(self.data)

    def _start(self, part: Part) -> Part:
        self.parts[part.name] = part
        part.start()
        part.wait_until_ready()
        return part


def empty(folder: Path) -> None:
    """Delete what a test stored, but not the keys that this session's settings have read."""
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "secrets.json":
            entry.unlink()


def connect_as(services: Services, role: ConnectAs, database: str) -> psycopg.Connection:
    if role == "superuser":
        return psycopg.connect(services.locations.superuser_url(database))
    return psycopg.connect(services.locations.database_url(role, database))


@pytest.fixture(scope="session")
def services(pytestconfig: pytest.Config) -> Services:
    """The session's servers."""
    return pytestconfig.stash[SERVICES]


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database is there already. Django must not make, flush or truncate one: the app role may not."""


@pytest.fixture(scope="session")
def _valkey(services: Services) -> Iterator[Redis]:
    client = Redis.from_url(services.locations.redis_url())
    yield client
    client.close()


@pytest.fixture(autouse=True)
def empty_queue(_valkey: Redis) -> None:
    """No job, throttle count or cached page of an earlier test."""
    _valkey.flushall()


@pytest.fixture
def stack(services: Services, django_db_blocker: Any) -> Iterator[Stack]:
    """A copy of the migrated database for this test alone, with this process connected to it."""
    from django.db import connection

    made = Stack(services)
    made.open()
    with django_db_blocker.unblock():
        _point_at(made.database)
        try:
            yield made
        finally:
            connection.close()
            _point_at(TEST_DATABASE)
            made.close()


def _point_at(database: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database


@pytest.fixture
def owner_connection(request: pytest.FixtureRequest, services: Services) -> Iterator[psycopg.Connection]:
    """The owner role, on the test's `stack` database where it has one. Rolled back unless committed."""
    yield from _connection(request, services, "owner")


@pytest.fixture
def superuser_connection(request: pytest.FixtureRequest, services: Services) -> Iterator[psycopg.Connection]:
    """The server's superuser, on the test's `stack` database where it has one."""
    yield from _connection(request, services, "superuser")


def _connection(
    request: pytest.FixtureRequest, services: Services, role: ConnectAs
) -> Iterator[psycopg.Connection]:
    has_stack = "stack" in request.fixturenames
    database = request.getfixturevalue("stack").database if has_stack else TEST_DATABASE
    connection = connect_as(services, role, database)
    yield connection
    connection.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the ends of the real processes' logs under a failed test."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        report.sections += [(f"end of the {name} log", text) for name, text in stack.logs().items()]
    return report
