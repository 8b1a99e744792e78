"""`/healthz`: this process lives. `/readyz`: everything it leans on answers, in one word for each part.

The words carry no reason, address or version, because anybody may read them; the reasons are in the logs.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oversight import queues, storage

logger = logging.getLogger(__name__)

OK, DOWN, PENDING = "ok", "down", "pending"
_migrations_seen_applied = False


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Touches nothing, so that a database in trouble does not get its web servers killed too."""
    return HttpResponse(OK, content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when every part is ok, else 503, with a word for each part."""
    words = {name: _word(name, look) for name, look in PARTS.items()}
    ready = all(word == OK for word in words.values())
    return JsonResponse(words, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _word(name: str, look: Callable[[], str]) -> str:
    try:
        return look()
    except Exception as error:  # a driver's own error is an answer here: not now
        logger.warning("Not ready: %s: %s", name, type(error).__name__)
        return DOWN


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _queue() -> str:
    return OK if queues.is_reachable() else DOWN


def _storage() -> str:
    return OK if storage.is_writable() else DOWN


def _migrations() -> str:
    """Once applied they stay so for the life of this process, so a good answer is looked for only once."""
    global _migrations_seen_applied
    if not _migrations_seen_applied:
        _migrations_seen_applied = unapplied_migrations() == 0
    return OK if _migrations_seen_applied else PENDING


# A plugin may add a part of its own when it starts.
PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "queue": _queue,
    "storage": _storage,
    "migrations": _migrations,
}


def unapplied_migrations() -> int:
    """How many migrations the database lacks. Raises django.db.Error."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
