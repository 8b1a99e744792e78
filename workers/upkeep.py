"""What is done every few seconds whatever happens: repeat lost hints, delete what is over, seal the audit log."""

import logging
import time
from collections.abc import Callable

from django.apps import apps
from django.db import close_old_connections, connection

from officers import (
    claims,
    documents,
    expiry,
    facets,
    holds,
    imports,
    jurisdiction,
    name_search,
    publishing,
    tickets,
)
from officers.rosters import files as roster_files
from oversight import audit, outbox

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
UPKEEP_SECONDS = 30.0


def run_for_ever() -> None:
    """Sweep until the process is ended. What is away (database, Redis, photo storage) is waited for."""
    fresh_start, next_upkeep = True, 0.0
    while True:
        close_old_connections()
        if _survives(lambda fresh=fresh_start: outbox.sweep(fresh_start=fresh)):  # type: ignore[misc]
            fresh_start = False
        if time.monotonic() >= next_upkeep:
            for task in upkeep_tasks():
                _survives(task)
            next_upkeep = time.monotonic() + UPKEEP_SECONDS
        _survives(wait_for_notice)


def wait_for_notice() -> None:
    """Sleep until the next sweep, or until the database says that a door may have closed."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {jurisdiction.NOTICE}")
    noticed = next(connection.connection.notifies(timeout=SWEEP_SECONDS, stop_after=1), None)
    if noticed is not None and apps.is_installed("recognition"):
        from recognition import closing, purge

        closing.stop_forbidden_work()
        purge.wipe()


def upkeep_tasks() -> list[Callable[[], object]]:
    tasks: list[Callable[[], object]] = [
        expiry.delete_expired_photos,
        imports.promise_heads,
        holds.erase_due,
        tickets.forget_words,
        claims.forget_expired,
        facets.add_up,
        roster_files.forget_old,
        outbox.forget_settled,
        audit.seal,
        publishing.prepare_missing,
        documents.promise_missing,
        name_search.forget_words,
    ]
    if apps.is_installed("recognition"):
        from recognition import bulk, gallery, purge

        tasks += [purge.expired, purge.wipe, gallery.reconcile, bulk.watch]
    return tasks


def _survives(task: Callable[[], object]) -> bool:
    try:
        task()
    except Exception as error:  # whatever it is: a sweeper that has ended keeps no promise any more
        logger.warning("Upkeep waits: %s: %s", getattr(task, "__qualname__", task), type(error).__name__)
        time.sleep(SWEEP_SECONDS)
        return False
    return True
