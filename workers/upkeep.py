"""What is done every few seconds whatever happens: repeat lost hints, delete what is over, seal the audit log."""

import logging
import time
from collections.abc import Callable

from django.apps import apps
from django.db import Error as DatabaseError
from django.db import close_old_connections
from redis.exceptions import RedisError

from officers import expiry
from oversight import audit, outbox

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
UPKEEP_SECONDS = 30.0


def run_for_ever() -> None:
    """Sweep until the process is ended. A database or Redis that is away is waited for."""
    fresh_start, next_upkeep = True, 0.0
    while True:
        close_old_connections()
        if _survives(lambda fresh=fresh_start: outbox.sweep(fresh_start=fresh)):  # type: ignore[misc]
            fresh_start = False
        if time.monotonic() >= next_upkeep:
            for task in upkeep_tasks():
                _survives(task)
            next_upkeep = time.monotonic() + UPKEEP_SECONDS
        time.sleep(SWEEP_SECONDS)


def upkeep_tasks() -> list[Callable[[], object]]:
    tasks: list[Callable[[], object]] = [expiry.delete_expired_photos, audit.seal]
    if apps.is_installed("recognition"):
        from recognition import gallery, purge

        tasks += [purge.expired, gallery.reconcile]
    return tasks


def _survives(task: Callable[[], object]) -> bool:
    try:
        task()
    except (DatabaseError, RedisError) as error:
        logger.warning("Upkeep waits: %s", type(error).__name__)
        return False
    return True
