"""The only file that talks to Redis/Valkey. Jobs carry one opaque id and return nothing.

JSON, never pickle: whoever can write to Redis must not be able to run code. Results, failures and descriptions are not
kept, because the database is the truth about work (oversight/outbox.py) and Redis only a hint.
"""

import contextlib
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, get_current_job
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.serializers import JSONSerializer

QueueAway = RedisError
"""Redis cannot be reached right now."""

FACES = "faces"  # a person is waiting at a screen
PHOTOS = "photos"  # fresh uploads
BULK = "bulk"  # legacy photos, gallery upkeep
IN_ORDER = (FACES, PHOTOS, BULK)

# Shorter than the lease of a promise (oversight/outbox.py), so that no job outlives its right to be the only one.
JOB_SECONDS = 30
FAILURE_SECONDS = 600


@lru_cache(maxsize=1)
def connection() -> Redis:
    # A hint that cannot be given quickly is not worth waiting for: the sweeper gives it again.
    # (rq's worker, which waits for work on this connection, lengthens the second of these for itself.)
    return Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=5, health_check_interval=30
    )


def queue(name: str) -> Queue:
    return Queue(name, connection=connection(), serializer=JSONSerializer, default_timeout=JOB_SECONDS)


def hint(*, job: str, entry_id: str, queue_name: str) -> None:
    """Tell a worker that there is something to do. Raises QueueAway when Redis cannot be reached."""
    queue(queue_name).enqueue_call(
        func=job,
        args=(entry_id,),
        timeout=JOB_SECONDS,
        result_ttl=0,
        failure_ttl=FAILURE_SECONDS,
        description="-",
    )


def current_job() -> str:
    """The queue's id of the job that runs in this process, or nothing outside a job."""
    job = get_current_job()
    return job.id if job else ""


def stop(job_id: str) -> None:
    """Kill the process that runs this job, now. A job that is over already is fine."""
    with contextlib.suppress(InvalidJobOperation, NoSuchJobError):
        send_stop_job_command(connection(), job_id, serializer=JSONSerializer)


def lengths() -> dict[str, int]:
    """How many hints wait in each queue."""
    return {name: queue(name).count for name in IN_ORDER}


def is_urgent_work_waiting() -> bool:
    """Does anything wait that goes before bulk work? Raises QueueAway."""
    return any(queue(name).count for name in IN_ORDER if name != BULK)


def is_reachable() -> bool:
    return bool(connection().ping())


COUNTS = "counts"


def count(what: str, label: str = "", by: float = 1.0) -> None:
    """Add to a number that the figures show (oversight/figures.py). A Redis that is away counts nothing.

    `what` and `label` are words of our own: never a name, an address or an id.
    """
    with contextlib.suppress(RedisError):
        connection().hincrbyfloat(COUNTS, f"{what}|{label}", by)


def count_all(counts: Mapping[tuple[str, str], float]) -> None:
    """As `count`, many in one transaction, by what and label. Raises QueueAway."""
    with connection().pipeline(transaction=True) as pipe:
        for (what, label), by in counts.items():
            pipe.hincrbyfloat(COUNTS, f"{what}|{label}", by)
        pipe.execute()


def counted() -> dict[tuple[str, str], float]:
    """All such numbers since Redis was last empty, by what and label. Raises QueueAway."""
    held: dict[bytes, bytes] = connection().hgetall(COUNTS)  # type: ignore[assignment]
    split = ((*name.decode().partition("|")[::2], value) for name, value in held.items())
    return {(what, label): float(value) for what, label, value in split}
