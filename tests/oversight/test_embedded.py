"""The embedded servers, for real: made, killed, found again, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from oversight.embedded.locations import Locations
from oversight.embedded.postgres import Postgres
from oversight.embedded.problems import CannotStart
from oversight.embedded.processes import MARK, is_alive, mark, marked, send, wait_until, working_in
from oversight.embedded.programs import PROJECT
from oversight.embedded.provision import provision
from oversight.embedded.valkey import Valkey

# What a killed server has promised must be on the disk, so only the waiting for a power cut is left out.
HASTY = {"fsync": "off"}
START_AND_WAIT = """
import sys, time
from pathlib import Path
from oversight.embedded.locations import Locations
from oversight.embedded.postgres import Postgres
from oversight.embedded.valkey import Valkey
here = Locations(Path(sys.argv[1]))
for part in (Postgres(here, {"fsync": "off"}), Valkey(here)):
    part.start()
    part.wait_until_ready()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def here() -> Iterator[Locations]:
    """A data folder whose path is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="oversight-embedded-"))
    yield Locations(folder / "data")
    shutil.rmtree(folder)


@pytest.fixture
def postgres(here: Locations) -> Iterator[Postgres]:
    server = start_postgres(here)
    provision(here)
    yield server
    Postgres(here, HASTY).stop()
    server.stop()


@pytest.fixture
def valkey(here: Locations) -> Iterator[Valkey]:
    server = start_valkey(here)
    yield server
    server.stop()


def start_postgres(here: Locations) -> Postgres:
    server = Postgres(here, HASTY)
    server.start()
    server.wait_until_ready()
    return server


def start_valkey(here: Locations) -> Valkey:
    server = Valkey(here)
    server.start()
    server.wait_until_ready()
    return server


def run_as_owner(here: Locations, statement: str) -> None:
    with psycopg.connect(here.database_url("owner")) as connection:
        connection.execute(statement)


def count_rows(here: Locations) -> int:
    with psycopg.connect(here.database_url("app")) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_rows_survive_kill_9_of_the_server_alone_and_of_all_its_processes(
    here: Locations, postgres: Postgres
) -> None:
    run_as_owner(
        here, "CREATE TABLE IF NOT EXISTS kept (n int); TRUNCATE kept; INSERT INTO kept VALUES (1), (2)"
    )
    assert postgres.process is not None

    postgres.process.kill()
    again = start_postgres(here)
    assert count_rows(here) == 2

    send(again.leftovers(), signal.SIGKILL)
    assert again.process is not None
    again.process.wait()
    once_more = start_postgres(here)
    assert count_rows(here) == 2
    once_more.stop()


def test_a_stale_pid_file_whose_number_is_alive_again_is_no_obstacle(
    here: Locations, postgres: Postgres
) -> None:
    pid_file = here.postgres_data / "postmaster.pid"
    text = pid_file.read_text()
    postgres.stop()
    pid_file.write_text(text.replace(text.split()[0], str(os.getpid()), 1))
    (here.postgres_socket_dir / ".s.PGSQL.5432").touch()
    (here.postgres_socket_dir / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")

    start_postgres(here).stop()


def test_a_server_left_over_by_another_launcher_is_ended_first(here: Locations, postgres: Postgres) -> None:
    assert postgres.process is not None
    orphan = postgres.process.pid

    again = start_postgres(here)

    assert not is_alive(orphan)
    assert again.process is not None
    assert again.process.pid in again.leftovers()
    again.stop()
    assert not working_in(here.postgres_data)


def test_a_cluster_that_was_never_finished_is_made_anew(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(tempfile.mkdtemp(prefix="oversight-embedded-"))
    unfinished = folder / "postgres.new"
    unfinished.mkdir()
    (unfinished / "half").write_text("of it")
    try:
        start_postgres(Locations(folder)).stop()
        assert not unfinished.exists()
        assert not (folder / "postgres.password").exists()
    finally:
        shutil.rmtree(folder)


def test_nothing_listens_on_a_network(here: Locations, postgres: Postgres, valkey: Valkey) -> None:
    with psycopg.connect(here.superuser_url()) as connection:
        row = connection.execute("SELECT current_setting('listen_addresses')").fetchone()
    with Redis.from_url(here.redis_url()) as client:
        port = client.config_get("port")["port"]

    assert row == ("",)
    assert port == "0"
    assert here.sockets.stat().st_mode & 0o007 in {0, 0o001}


def test_a_wrong_password_is_refused(here: Locations, postgres: Postgres) -> None:
    address = here.database_url("app").replace(here.secrets().app, "guess")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_passwords_that_do_not_belong_to_the_database_are_said_in_a_sentence(
    here: Locations, postgres: Postgres
) -> None:
    kept = here.secrets_file.read_text()
    here.secrets_file.unlink()
    try:
        with pytest.raises(CannotStart, match="does not know the passwords"):
            postgres.wait_until_ready()
    finally:
        here.secrets_file.write_text(kept)


def test_a_refused_row_does_not_reach_the_log(here: Locations, postgres: Postgres) -> None:
    run_as_owner(
        here, "CREATE TABLE IF NOT EXISTS picky (word text CONSTRAINT never_filled CHECK (word IS NULL))"
    )

    with (
        psycopg.connect(here.database_url("app")) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute("INSERT INTO picky VALUES ('geometry-of-a-face')")

    log = postgres.log.read_text()
    assert "never_filled" in log
    assert "geometry-of-a-face" not in log


def test_provisioning_twice_changes_nothing(here: Locations, postgres: Postgres) -> None:
    run_as_owner(here, "CREATE TABLE IF NOT EXISTS kept (n int); TRUNCATE kept; INSERT INTO kept VALUES (1)")

    provision(here)

    assert count_rows(here) == 1


@pytest.mark.parametrize(
    "forbidden",
    [
        "CREATE TABLE mine ()",
        "CREATE TEMP TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE TABLE kept2 AS SELECT 1",
        "TRUNCATE kept",
        "ALTER TABLE kept ADD COLUMN more int",
        "ALTER TABLE kept DISABLE TRIGGER ALL",
        "DROP TABLE kept",
        "SET ROLE oversight_owner",
        "SET session_replication_role = replica",
        "ALTER ROLE oversight_app CREATEDB",
        "COPY kept TO '/dev/null'",
        "CREATE EXTENSION dblink",
    ],
)
def test_the_app_role_may_not(here: Locations, postgres: Postgres, forbidden: str) -> None:
    run_as_owner(here, "CREATE TABLE IF NOT EXISTS kept (n int)")

    with psycopg.connect(here.database_url("app")) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(forbidden)
        connection.rollback()


def test_the_queue_starts_after_kill_9_and_keeps_nothing_on_disk(here: Locations, valkey: Valkey) -> None:
    with Redis.from_url(here.redis_url()) as client:
        client.set("face", "geometry-of-a-face")
    assert valkey.process is not None
    valkey.process.kill()

    again = start_valkey(here)

    with Redis.from_url(here.redis_url()) as client:
        assert client.get("face") is None
        client.set("face", "geometry-of-a-face")
    again.stop()
    left = [path for path in here.sockets.rglob("*") if path.is_file()]
    assert left == []
    assert "geometry-of-a-face" not in again.log.read_text()


def test_servers_do_not_outlive_a_launcher_that_was_killed() -> None:
    folder = Path(tempfile.mkdtemp(prefix="oversight-embedded-"))
    here = Locations(folder)
    launcher = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(folder)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == "ready\n"
        servers = [Postgres(here), Valkey(here)]
        assert all(server.leftovers() for server in servers)

        launcher.kill()

        assert wait_until(lambda: not any(server.leftovers() for server in servers), 10)
    finally:
        launcher.communicate()
        shutil.rmtree(folder)


def test_a_grandchild_is_found_by_its_mark_after_its_parent_died(tmp_path: Path) -> None:
    word = mark(tmp_path, "worker")
    script = "import subprocess, sys; subprocess.Popen(['sleep', '60']); sys.exit()"

    subprocess.run([sys.executable, "-c", script], env={**os.environ, MARK: word}, check=True)

    found = marked(word)
    assert len(found) == 1
    send(found, signal.SIGKILL)
    assert wait_until(lambda: not marked(word), 5)
