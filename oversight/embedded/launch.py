"""`manage.py up`: the whole product in one terminal, from an empty folder or from where it was stopped.

The order: one launcher for each data folder, a free port, the servers (unless addresses of others are
configured), the tables (as the owner role), the web server and the worker, the demo. What goes wrong is a
CannotStart, a plain sentence.
"""

import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import Error as DatabaseError
from django.db import connection
from redis import Redis
from redis.exceptions import RedisError

from oversight.embedded.locations import Locations, make_private_folder
from oversight.embedded.postgres import Postgres
from oversight.embedded.problems import CannotStart, unusable
from oversight.embedded.processes import leash
from oversight.embedded.programs import PROJECT, Web, Worker
from oversight.embedded.provision import provision
from oversight.embedded.supervisor import Supervisor, say, step
from oversight.embedded.valkey import Valkey
from oversight.health import unapplied_migrations

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}/"


def launch(locations: Locations, env: Mapping[str, str]) -> None:
    """Run the product until it is asked to stop. Raises CannotStart."""
    address = read_address(env)
    children = {**env, "OVERSIGHT_DATA": str(locations.data)}
    web = Web(locations, host=address.host, port=address.port, env=children)
    worker = Worker(locations, children)
    with only_one(locations, address):
        for part in (web, worker):  # one left by a killed launcher may still hold the port
            part.prepare()
        refuse_busy_port(address)
        say(f"Oversight keeps its data in {locations.data}")
        supervisor = Supervisor()
        with supervisor.running():
            start_servers(supervisor, locations, env)
            prepare_tables(locations, children)
            start_programs(supervisor, web, worker, children)
            show_the_way(address)
            supervisor.watch()


def read_address(env: Mapping[str, str]) -> Address:
    """OVERSIGHT_BIND (127.0.0.1) and PORT (8000). Raises CannotStart."""
    word = env.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not word.isdecimal() or not 0 < int(word) <= HIGHEST_PORT:
        raise CannotStart(f"PORT is {word!r}. Write a number from 1 to {HIGHEST_PORT}, such as PORT=8001.")
    return Address(env.get("OVERSIGHT_BIND", "").strip() or DEFAULT_HOST, int(word))


@contextlib.contextmanager
def only_one(locations: Locations, address: Address) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it however we end. Raises CannotStart."""
    try:
        make_private_folder(locations.data)
        make_private_folder(locations.logs)
        descriptor = os.open(locations.launcher_lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unusable(locations.data, error) from error
    with os.fdopen(descriptor, "r+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Oversight already runs on the data folder {locations.data}: {stream.read().strip()}. Use "
                f"that one, or stop it with Ctrl-C first. A second one needs its own folder and port: "
                f"OVERSIGHT_DATA=/path/to/folder PORT={address.port + 1} make run"
            ) from None
        try:
            stream.truncate()
            stream.write(f"{address} (process {os.getpid()})\n")
            stream.flush()
        except OSError as error:
            raise unusable(locations.data, error) from error
        yield


def refuse_busy_port(address: Address) -> None:
    """Find out before the servers start. Raises CannotStart."""
    try:
        found = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, name = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(name)
    except OSError as error:
        raise CannotStart(_why_not_bound(address, error)) from None


def _why_not_bound(address: Address, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {address.port} is used by another program. Stop that one, or choose another port: "
            f"PORT={address.port + 1} make run"
        )
    if error.errno == errno.EACCES:
        return f"Port {address.port} is reserved for root. Choose another: PORT={DEFAULT_PORT} make run"
    return f"Cannot listen on {address.host!r} (OVERSIGHT_BIND): {error.strerror or error}."


def start_servers(supervisor: Supervisor, locations: Locations, env: Mapping[str, str]) -> None:
    """The embedded servers, or a look at the configured ones. Raises CannotStart."""
    if env.get("DATABASE_URL", "").strip():
        _check_database()
    else:
        with step("Starting the database"):
            postgres = Postgres(locations)
            supervisor.start(postgres)
            postgres.wait_until_ready()
            _provision(locations)
    if env.get("REDIS_URL", "").strip():
        _check_redis()
    else:
        with step("Starting the queue"):
            valkey = Valkey(locations)
            supervisor.start(valkey)
            valkey.wait_until_ready()


def _provision(locations: Locations) -> None:
    try:
        provision(locations)
    except psycopg.Error as error:
        raise CannotStart(f"Could not set up the database: {error}") from error


def _check_database() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise CannotStart(f"The database of DATABASE_URL does not answer: {str(error).strip()}") from error


def _check_redis() -> None:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        raise CannotStart(f"The server of REDIS_URL does not answer: {error}") from error


def prepare_tables(locations: Locations, env: Mapping[str, str]) -> None:
    """Migrate as the owner role, where there is something to migrate. Raises CannotStart."""
    try:
        is_current = not unapplied_migrations()
    except DatabaseError as error:
        raise CannotStart(f"The database cannot be read: {str(error).strip()}") from error
    finally:
        connection.close()
    if is_current:
        return
    if settings.DEMO:
        _remember_the_demo(locations)
    with step("Preparing the tables"):
        done = manage("migrate", "--verbosity=0", env={**env, "OVERSIGHT_DB_ROLE": "owner"}, quiet=True)
        if done.returncode:
            raise CannotStart(f"The tables could not be prepared:\n{done.stdout.strip()}")


def _remember_the_demo(locations: Locations) -> None:
    try:
        locations.demo_wanted.touch()
    except OSError as error:
        raise unusable(locations.data, error) from error


def start_programs(supervisor: Supervisor, web: Web, worker: Worker, env: Mapping[str, str]) -> None:
    """While they start, the demo is made, if it is wanted and not there yet. Raises CannotStart."""
    for part in (worker, web):
        supervisor.start(part)
    wanted = web.locations.demo_wanted
    is_new = settings.DEMO and wanted.exists()
    if is_new:
        if manage("seed_demo", "--if-empty", env=env).returncode:
            raise CannotStart("The demo could not be made; the reason stands above.")
        wanted.unlink()
    with step("Starting the web server and the worker"):
        web.wait_until_ready()
        worker.wait_until_ready()
    if is_new:  # so that the first question somebody asks the demo is answered in seconds
        with step("Letting the worker look at the demo's photos"):
            manage("wait_until_done", "--seconds", "60", env=env, quiet=True)


def manage(*arguments: str, env: Mapping[str, str], quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a manage.py command to its end in a process that ends with us."""
    return subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), *arguments],
        env=dict(env),
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
        start_new_session=True,
        preexec_fn=leash(signal.SIGTERM),
    )


def show_the_way(address: Address) -> None:
    """The address, who can sign in to the demo, and how to stop."""
    say(f"\nOversight is running: {address}")
    if settings.DEMO and "demo_people" in get_commands():
        call_command("demo_people")
        connection.close()
    say("Press Ctrl-C to stop.")
