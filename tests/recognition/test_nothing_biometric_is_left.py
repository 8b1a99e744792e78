"""A marker template in an allowed department, then the flag off: its bytes are nowhere: no file, log, dump or queue."""

import subprocess

import numpy as np
import psycopg
import pytest
from redis import Redis

from officers import departments
from officers.models import Department
from oversight.embedded.postgres import program
from oversight.models import User
from recognition import gallery, purge
from recognition.engine import Template
from recognition.models import FaceTemplate
from tests import factories
from tests.services import Services
from tests.stack import Stack

pytestmark = [pytest.mark.plugin, pytest.mark.stack]

# Above sixty: no second of a time in a log or a dump looks like one of these.
MARKER = np.array([71.5 + number * 0.00123456 for number in range(128)], dtype=np.float64)
PIECE = 16
"""Bytes that must not be found in a row: four numbers of the template, as PostgreSQL stores them."""


def needles() -> list[bytes]:
    """The template in pieces, as stored numbers and as text."""
    stored = MARKER.astype("<f4").tobytes()
    pieces = [stored[start : start + PIECE] for start in range(0, len(stored) - PIECE, PIECE)]
    return [*pieces, *(f"{number:.6f}"[:8].encode() for number in MARKER[5:20])]


def files_with_marker(services: Services, connection: psycopg.Connection) -> list[str]:
    """Every file of the servers and of the data folder, but for the other tests' databases."""
    wanted = needles()
    row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    own = f"/base/{row[0] if row else 0}/"
    found = []
    for path in services.scratch.rglob("*"):
        is_anothers = "/base/" in str(path) and own not in str(path)
        if path.is_file() and not path.is_symlink() and not is_anothers:
            content = path.read_bytes()
            if any(needle in content for needle in wanted):
                found.append(str(path.relative_to(services.scratch)))
    return found


def write_out(connection: psycopg.Connection) -> None:
    """Write everything that the server holds in memory to its files; a checkpoint alone leaves UNLOGGED tables out."""
    connection.autocommit = True
    connection.execute("CREATE EXTENSION IF NOT EXISTS pg_buffercache")
    connection.execute("SELECT pg_buffercache_evict_relation('recognition_facetemplate')")
    connection.execute("CHECKPOINT")


def test_the_search_for_the_marker_can_fail(
    stack: Stack, services: Services, superuser_connection: psycopg.Connection
) -> None:
    """While the template is stored, its bytes are found on the disk: the test below looks in the right place."""
    _store_marker()
    write_out(superuser_connection)
    assert any("postgres" in name for name in files_with_marker(services, superuser_connection))
    assert not [
        name
        for name in files_with_marker(services, superuser_connection)
        if "pg_wal" in name or name.endswith(".log")
    ]


def test_after_the_flag_is_off_its_bytes_are_nowhere(
    stack: Stack, services: Services, superuser_connection: psycopg.Connection
) -> None:
    department = _store_marker()
    write_out(superuser_connection)
    departments.forbid_matching(department=department, by=factories.user(User.Role.ADMIN))
    assert not FaceTemplate.objects.exists()
    assert purge.wipe()
    assert not purge.wipe()
    write_out(superuser_connection)
    assert files_with_marker(services, superuser_connection) == []
    assert _keys_with_marker(services) == []
    assert not any(needle in _dump(services, stack.database) for needle in needles())


def test_a_refused_write_leaves_no_trace_in_the_servers_log(
    stack: Stack, services: Services, superuser_connection: psycopg.Connection
) -> None:
    """Servers log statements that fail; the numbers of a template must not be in their text."""
    department = factories.department(allowed=False)
    officer = factories.officer(department)
    face = factories.face(officer, factories.photo(department))
    gallery.store(face, officer.pk, Template(MARKER))
    assert not FaceTemplate.objects.exists()
    gallery.search(template=Template(MARKER), department_id=department.pk, most=5)
    assert files_with_marker(services, superuser_connection) == []


def _store_marker() -> Department:
    department = factories.department(allowed=True)
    officer = factories.officer(department)
    face = factories.face(officer, factories.photo(department))
    gallery.store(face, officer.pk, Template(MARKER))
    assert FaceTemplate.objects.count() == 1
    return department


def _keys_with_marker(services: Services) -> list[bytes]:
    client = Redis.from_url(services.locations.redis_url())
    dumped = {key: client.dump(key) or b"" for key in client.scan_iter()}
    client.close()
    return [key for key, value in dumped.items() if any(needle in value for needle in needles())]


def _dump(services: Services, database: str) -> bytes:
    """A plain dump as docs/operations.md says to make it, without UNLOGGED tables."""
    command = [
        str(program("pg_dump")),
        "--no-unlogged-table-data",
        services.locations.superuser_url(database),
    ]
    return subprocess.run(command, capture_output=True, check=True).stdout
