"""The product on a scratch folder: real servers, web, worker, demo people, kept alive as `manage.py up` keeps them.

The folder is temporary and everything in it is lost. For the main thread only: the kernel ties
the parts to it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psycopg
from botocore.config import Config
from redis import Redis
from redis.exceptions import RedisError

from oversight.embedded.locations import DATABASE, Locations
from oversight.embedded.part import Part
from oversight.embedded.postgres import Postgres
from oversight.embedded.problems import CannotStart
from oversight.embedded.processes import leash, wait_until
from oversight.embedded.programs import PROJECT, Web, Worker
from oversight.embedded.provision import provision
from oversight.embedded.supervisor import Keeper, stop_all
from oversight.embedded.valkey import Valkey

S3_USER, S3_SECRET, S3_REGION, S3_BUCKET = "chaos", "not-a-secret-of-anybody", "us-east-1", "photos"
PLENTY = "1000000/min"


@dataclass
class Product:
    """Its parts by name, and who keeps them."""

    locations: Locations
    address: str
    keepers: dict[str, Keeper]

    def tend(self) -> None:
        """Start again what has ended, at once: here a part ends because we killed it, not because it is broken."""
        for keeper in self.keepers.values():
            keeper.failures = 0
            keeper.tend(time.monotonic())

    def tend_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.tend()
            time.sleep(0.05)

    def pid(self, name: str) -> int | None:
        """The first process of a part, while it runs."""
        process = self.keepers[name].part.process
        return process.pid if process is not None and process.poll() is None else None

    def database(self) -> psycopg.Connection:
        """As the server's superuser, who sees everything."""
        return psycopg.connect(self.locations.superuser_url(DATABASE), autocommit=True)

    def flush(self) -> bool:
        """Empty the queue; False while it is away."""
        try:
            with Redis.from_url(self.locations.redis_url(), socket_timeout=2) as queue:
                return bool(queue.flushall())
        except RedisError:
            return False


@contextmanager
def scratch(s3: str | None) -> Iterator[Product]:
    """Everything running, with the demo's people and departments in it. Raises CannotStart."""
    folder = Path(tempfile.mkdtemp(prefix="oversight-chaos-"))
    locations = Locations(folder / "data")
    parts: list[Part] = [Postgres(locations), Valkey(locations)]
    try:
        for part in parts:
            part.start()
        for part in parts:
            part.wait_until_ready()
        provision(locations)
        env = environment(locations, s3)
        manage(env, "migrate", "--verbosity=0", "--skip-checks", role="owner")
        manage(env, "seed_demo")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        parts += [Worker(locations, env), Web(locations, host="127.0.0.1", port=port, env=env)]
        for part in parts[2:]:
            part.start()
        parts[-1].wait_until_ready()
        keepers = {part.name: Keeper(part, started=time.monotonic()) for part in parts}
        yield Product(locations, f"http://127.0.0.1:{port}", keepers)
    finally:
        stop_all(list(reversed(parts)))
        shutil.rmtree(folder, ignore_errors=True)


def import_photos(product: Product, folder: Path, department: int, s3: str | None) -> None:
    """Legacy photos that nobody has judged yet. Raises CannotStart."""
    env = environment(product.locations, s3)
    manage(env, "import_photos", str(folder), "--department", str(department), "--json")


def environment(locations: Locations, s3: str | None) -> dict[str, str]:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("OVERSIGHT_", "DATABASE_"))
    }
    rates = {f"OVERSIGHT_RATE_{name}": PLENTY for name in ("READ", "PHOTOS", "IDENTIFICATIONS")}
    bucket = {
        "OVERSIGHT_S3_BUCKET": S3_BUCKET,
        "OVERSIGHT_S3_ENDPOINT": s3,
        "OVERSIGHT_S3_REGION": S3_REGION,
        "OVERSIGHT_S3_ACCESS_KEY": S3_USER,
        "OVERSIGHT_S3_SECRET_KEY": S3_SECRET,
    }
    return {
        **kept,
        **rates,
        **({key: value for key, value in bucket.items() if value} if s3 else {}),
        "DATABASE_URL": locations.database_url("app"),
        "DATABASE_OWNER_URL": locations.database_url("owner"),
        "REDIS_URL": locations.redis_url(),
        "OVERSIGHT_DATA": str(locations.data),
        "OMP_NUM_THREADS": "1",
    }


def manage(env: dict[str, str], *words: str, role: str = "app") -> None:
    done = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), *words],
        env={**env, "OVERSIGHT_DB_ROLE": role},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"manage.py {words[0]} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def emulator(host: str = "127.0.0.1", prefix: tuple[str, ...] = ()) -> Iterator[str]:
    """A real S3 server, nanio, which checks signatures; its address. Raises CannotStart where it is not installed.

    `prefix`: a command put before it, such as one that enters another network.
    """
    program = shutil.which(
        "nanio", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    )
    if program is None:
        raise CannotStart("Faults of S3 need the emulator: pip install nanio. Or leave --s3-faults at 0.")
    with socket.create_server(("127.0.0.1", 0)) as probe:  # free here, and in another network everything is
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="oversight-chaos-s3-")
    env = {
        **os.environ,
        "NANIO_ACCESS_KEY": S3_USER,
        "NANIO_SECRET_KEY": S3_SECRET,
        "NANIO_REGION": S3_REGION,
    }
    command = [
        *(*prefix, program, "serve", "--host", host, "--port", str(port)),
        *("--data-dir", folder, "--no-access-log"),
    ]
    server = subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=leash(signal.SIGTERM),
    )
    try:
        if not wait_until(lambda: _answers(host, port), 60):
            raise CannotStart("The S3 emulator does not start.")
        address = f"http://{host}:{port}"
        client(address).create_bucket(Bucket=S3_BUCKET)
        yield address
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def client(address: str) -> Any:
    """boto3's client of the bucket, straight to the emulator."""
    patience = Config(retries={"total_max_attempts": 2}, connect_timeout=2, read_timeout=10)
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name=S3_REGION,
        aws_access_key_id=S3_USER,
        aws_secret_access_key=S3_SECRET,
        config=patience,
    )


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
