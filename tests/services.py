"""A real PostgreSQL and Valkey for the tests, made by the product's own launcher in a scratch folder.

Loaded with `-p tests.services`, not from a conftest: the servers must be there and the environment set before
pytest-django reads the settings. Migrations run once, as the owner role, into a template database; the tests
work as the app role on a copy of it, so that what that role may not do is refused in the tests as well. What
tests ask for is in tests/stack.py.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from oversight.embedded.locations import Locations
from oversight.embedded.part import Part
from oversight.embedded.postgres import Postgres
from oversight.embedded.problems import CannotStart
from oversight.embedded.programs import PROJECT
from oversight.embedded.provision import provision
from oversight.embedded.valkey import Valkey

TEMPLATE = "oversight_template"
TEST_DATABASE = "oversight_test"
SCRATCH_PREFIX = "oversight-tests-"
KEPT_FROM_OUTSIDE = {
    "OVERSIGHT_PHOTOS",
    "OVERSIGHT_PLUGINS",
    "OVERSIGHT_CHROMIUM",
    "OVERSIGHT_ENCODERS",
    "OVERSIGHT_TORCH_PYTHON",
    # How long the long proofs are: scripts/deep.sh
    "OVERSIGHT_FLIPS",
    "OVERSIGHT_GATE_CASES",
    "OVERSIGHT_GATE_SEED",
    "OVERSIGHT_STORM_SECONDS",
    "OVERSIGHT_WHOLE_CORPUS",
    "OVERSIGHT_BULK_PHOTOS",
    "OVERSIGHT_CHAOS_KILLS",
    "OVERSIGHT_DEEP",
    "OVERSIGHT_ROSTER_OFFICERS",
    "OVERSIGHT_API_CALLS",
}
# Nothing to lose: speed instead of durability.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Services:
    """The servers of this test session and where their data lies."""

    scratch: Path
    held: IO[str]
    locations: Locations = field(init=False)
    parts: list[Part] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.locations = Locations(self.scratch / "services")

    @property
    def data(self) -> Path:
        """OVERSIGHT_DATA of the session: photos and keys, not the servers."""
        return self.scratch / "data"

    def environment(self, database: str = TEST_DATABASE) -> dict[str, str]:
        """What settings.py needs to find a database of this session."""
        return {
            "DATABASE_URL": self.locations.database_url("app", database),
            "DATABASE_OWNER_URL": self.locations.database_url("owner", database),
            "REDIS_URL": self.locations.redis_url(),
            "OVERSIGHT_DATA": str(self.data),
            "OMP_NUM_THREADS": "1",
        }

    def start(self) -> None:
        """Start both servers and make the template and the tests' database. Raises CannotStart."""
        begun = time.monotonic()
        postgres, valkey = Postgres(self.locations, HASTE), Valkey(self.locations)
        self.parts = [postgres, valkey]
        for part in self.parts:
            part.start()
        for part in self.parts:
            part.wait_until_ready()
        provision(self.locations, TEMPLATE)
        self.seconds["servers"] = time.monotonic() - begun
        migrate(self.environment(TEMPLATE))
        provision(self.locations, TEST_DATABASE, template=TEMPLATE)
        self.seconds["migrations"] = time.monotonic() - begun - self.seconds["servers"]

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop()
        self.held.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


def migrate(environment: Mapping[str, str]) -> None:
    """Apply all migrations as the owner role, in a process of its own. Raises CannotStart.

    Without the system checks, which have tests of their own and a rule of their own in `make check`.
    """
    command = [sys.executable, str(PROJECT / "manage.py"), "migrate", "--verbosity=0", "--skip-checks"]
    env = {**os.environ, **environment, "OVERSIGHT_DB_ROLE": "owner"}
    done = subprocess.run(command, env=env, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"The migrations failed:\n{done.stdout}{done.stderr}")


def open_scratch() -> Services:
    """A new scratch folder, held by a lock; those of sessions that were killed are swept away."""
    parent = Path(tempfile.gettempdir())
    for old in parent.glob(f"{SCRATCH_PREFIX}*"):
        if (held := _lock(old)) is not None:
            shutil.rmtree(old, ignore_errors=True)
            held.close()
    scratch = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX))
    held = _lock(scratch)
    if held is None:
        raise CannotStart(f"Cannot lock {scratch}")
    return Services(scratch, held)


def _lock(folder: Path) -> IO[str] | None:
    """Hold a scratch folder; None when a living session holds it or it is not ours."""
    try:
        stream = (folder / "held").open("w", encoding="utf-8")
    except OSError:
        return None
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        return None
    return stream


SERVICES = pytest.StashKey[Services]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """First of all plugins (wrappers run outermost): pytest-django reads the settings in this hook."""
    services = open_scratch()
    early_config.stash[SERVICES] = services
    early_config.add_cleanup(services.stop)
    for name in [
        name for name in os.environ if name.startswith("OVERSIGHT_") and name not in KEPT_FROM_OUTSIDE
    ]:
        del os.environ[name]
    os.environ.update(services.environment())
    asked = early_config.known_args_namespace
    if not (asked.help or asked.version or asked.collectonly):
        try:
            services.start()
        except CannotStart as problem:
            raise pytest.UsageError(str(problem)) from problem
    yield


def pytest_configure(config: pytest.Config) -> None:
    # Registered after pytest-django, whose fixture of the same name would otherwise make databases of its
    # own.
    config.pluginmanager.import_plugin("tests.stack")


def pytest_report_header(config: pytest.Config) -> str:
    took = config.stash[SERVICES].seconds
    return "services: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items())
