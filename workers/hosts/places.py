"""The real parts, each on a machine of its own: they know each other by settings alone, over TCP, with passwords."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from oversight.embedded.identity import hand_over
from oversight.embedded.locations import DATABASE, Locations
from oversight.embedded.part import Part
from oversight.embedded.postgres import HBA, Postgres
from oversight.embedded.problems import CannotStart
from oversight.embedded.processes import OURSELVES, RunAs
from oversight.embedded.programs import Web, Worker
from oversight.embedded.provision import provision
from oversight.embedded.supervisor import Keeper, stop_all
from oversight.embedded.valkey import Valkey
from workers.chaos import product
from workers.hosts.network import Host

NAMES = ("web", "worker", "database", "queue", "storage")
WEB_PORT, QUEUE_PORT = 8000, 6379
# How the app notices that a database has gone without a word, as docs/operations.md advises for several machines.
NOTICE = "connect_timeout=5&keepalives_idle=5&keepalives_interval=2&keepalives_count=3&tcp_user_timeout=15000"


def placed(run_as: RunAs, host: Host) -> RunAs:
    """The same user, on that machine. Raises CannotStart for another account, which may not enter it."""
    if run_as.uid is not None:
        raise CannotStart(
            "Playing several machines as root takes user namespaces, which root has none of here."
        )
    return RunAs(prefix=(*host.entering, *run_as.prefix))


class DatabaseThere(Postgres):
    def __init__(self, locations: Locations, host: Host) -> None:
        super().__init__(locations, {"listen_addresses": host.address})
        self.host = host

    def run_as(self) -> RunAs:
        return placed(super().run_as(), self.host)

    def prepare(self) -> None:
        super().prepare()
        rules = HBA.replace("host  all all all reject", "host  all all samenet scram-sha-256")
        (self.locations.postgres_data / "pg_hba.conf").write_text(rules, encoding="utf-8")
        hand_over(self.locations.postgres_data, self.run_as())


class QueueThere(Valkey):
    def __init__(self, locations: Locations, host: Host, password: str) -> None:
        super().__init__(locations)
        self.host, self.password = host, password

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{self.host.address}:{QUEUE_PORT}/0"

    def command(self) -> Sequence[str | Path]:
        words = ("--port", str(QUEUE_PORT), "--bind", self.host.address, "--requirepass", self.password)
        return [*super().command(), *words]

    def run_as(self) -> RunAs:
        return placed(OURSELVES, self.host)

    def is_ready(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except RedisError:
            return False


class WebThere(Web):
    def __init__(self, locations: Locations, host: Host, env: dict[str, str]) -> None:
        super().__init__(locations, host=host.address, port=WEB_PORT, env=env)
        self.place = host

    def run_as(self) -> RunAs:
        return placed(OURSELVES, self.place)


class WorkerThere(Worker):
    def __init__(self, locations: Locations, host: Host, env: dict[str, str]) -> None:
        super().__init__(locations, env)
        self.place = host

    def run_as(self) -> RunAs:
        return placed(OURSELVES, self.place)


@contextmanager
def everywhere(hosts: dict[str, Host], folder: Path) -> Iterator[tuple[product.Product, str]]:
    """The whole product, with the demo in it, and the address of its bucket. Raises CannotStart."""
    servers = Locations(folder / "servers")
    database = DatabaseThere(servers, hosts["database"])
    queue = QueueThere(servers, hosts["queue"], secrets.token_urlsafe(24))
    storage = hosts["storage"]
    parts: list[Part] = [database, queue]
    with product.emulator(storage.address, storage.entering) as bucket:
        try:
            for part in parts:
                part.start()
            for part in parts:
                part.wait_until_ready()
            provision(servers)
            env = _settings(servers, hosts, queue, bucket)
            _seed(folder, env)
            parts += [
                WorkerThere(Locations(folder / "worker"), hosts["worker"], _on(folder / "worker", env)),
                WebThere(Locations(folder / "web"), hosts["web"], _on(folder / "web", env)),
            ]
            for part in parts[2:]:
                part.start()
            parts[-1].wait_until_ready()
            keepers = {part.name: Keeper(part, started=time.monotonic()) for part in parts}
            yield product.Product(servers, f"http://{hosts['web'].address}:{WEB_PORT}", keepers), bucket
        finally:
            stop_all(list(reversed(parts)))


def _settings(servers: Locations, hosts: dict[str, Host], queue: QueueThere, bucket: str) -> dict[str, str]:
    """What every machine is told. Only OVERSIGHT_DATA differs, so that no file is shared."""
    words, where = servers.secrets(), f"{hosts['database'].address}/{DATABASE}?{NOTICE}"
    return {
        **product.environment(servers, bucket),
        "DATABASE_URL": f"postgresql://oversight_app:{words.app}@{where}",
        "DATABASE_OWNER_URL": f"postgresql://oversight_owner:{words.owner}@{where}",
        "REDIS_URL": queue.url,
        "OVERSIGHT_SECRET_KEY": secrets.token_urlsafe(50),
        "OVERSIGHT_HOSTS": hosts["web"].address,
    }


def _on(data: Path, env: dict[str, str]) -> dict[str, str]:
    return {**env, "OVERSIGHT_DATA": str(data)}


def _seed(folder: Path, env: dict[str, str]) -> None:
    product.manage(_on(folder / "web", env), "migrate", "--verbosity=0", "--skip-checks", role="owner")
    product.manage(_on(folder / "web", env), "seed_demo")
