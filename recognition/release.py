"""Old code measures nothing under a newer law: a worker that still runs while a release migrates the database.

The law's version is its migrations: those that lay beside this process's code when it started, against those that the
database has had. After squashing migrations, `migrate --prune` takes the replaced ones out of the database.
"""

from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.db import connection

from oversight import outbox

FLOORS = ("oversight", "officers", "recognition")
LOOK_AGAIN_SECONDS = 10.0


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[tuple[str, str]]:
    """Called once when the process starts: a release then puts newer files beside code that is old already."""
    folders = {floor: Path(apps.get_app_config(floor).path, "migrations") for floor in FLOORS}
    return frozenset((floor, file.stem) for floor in FLOORS for file in folders[floor].glob("[0-9]*.py"))


def require_current_code() -> None:
    """Raises outbox.TryLater where the database knows a law that this process does not: let a newer worker do it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations WHERE app = ANY(%s)", [list(FLOORS)])
        applied = set(cursor.fetchall())
    if not applied <= known_migrations():
        raise outbox.TryLater("old_code", LOOK_AGAIN_SECONDS, counts=False)
