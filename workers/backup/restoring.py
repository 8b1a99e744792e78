"""Putting a backup back: read it whole, refuse where anything is amiss, then photos, then all tables at once.

Killed before its end it has changed no table, and the same command goes on. Afterwards the site is asked what it always
asks: is the guard whole, is the log unbroken, which galleries are to be made anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from oversight import storage
from workers.backup import tables
from workers.backup.archive import (
    KEY,
    MANIFEST,
    PHOTOS,
    TABLES,
    Manifest,
    Summing,
    members,
    table_of,
)
from workers.backup.making import MIGRATIONS, PASSING
from workers.backup.problems import CannotRestore
from workers.backup.sealing import Keys, opened
from workers.backup.servers import as_owner, migrate
from workers.backup.tables import Database

Say = Callable[[str], None]

UNFINISHED = "restore/unfinished"
MADE_BY_MIGRATIONS = {
    "django_content_type",
    "auth_permission",
    "officers_state",
    "officers_prohibitedplace",
    "gate_epoch",
    "gate_wipe_due",
}
"""Tables that are not empty in an empty site. They too are replaced by what the backup holds."""
# Whoever held a promise when the backup was made holds it no more, and no queue knows of it.
PROMISE_AGAIN = """
    UPDATE oversight_outboxentry SET hinted_at = NULL, lease_token = NULL, lease_until = NULL, running_as = ''
    WHERE state = 'waiting'
"""


@dataclass
class Backup:
    """A file that was read to its end and found to be whole."""

    path: Path
    keys: Keys = field(repr=False)
    manifest: Manifest
    key: bytes = field(default=b"", repr=False)

    def members(self) -> Iterator[tuple[str, bytes]]:
        with opened(self.path, self.keys) as stream:
            yield from members(stream)


def verified(path: Path, keys: Keys, say: Say) -> Backup:
    """Read everything and compare it with what the file says it holds. Raises CannotRestore."""
    text = key = b""
    sums: dict[str, Summing] = {}
    photos = Summing()
    with opened(path, keys) as stream:
        for name, data in members(stream):
            if name.startswith(TABLES):
                sums.setdefault(table_of(name), Summing()).rows(data)
            elif name.startswith(PHOTOS):
                photos.photo(name.removeprefix(PHOTOS), data)
                say(f"Checking: {photos.count:,} photos and files")
            elif name == KEY:
                key = data
            elif name == MANIFEST:
                text = data
    if not text:
        raise CannotRestore("The file was not finished: its list of what it holds is missing.")
    manifest = Manifest.from_json(text)
    for name, wanted in manifest.tables.items():
        found = sums.pop(name, Summing())
        if (found.count, found.sha256) != (wanted.rows, wanted.sha256):
            raise CannotRestore(f"The file is damaged: table {name} is not what it was.")
    if sums or photos.as_photos() != manifest.photos or bool(key) != manifest.has_key:
        raise CannotRestore("The file is damaged: it does not hold what it says.")
    return Backup(path, keys, manifest, key)


def put_back(backup: Backup, say: Say) -> None:
    """Into an empty site. Raises CannotRestore, before anything is changed where it is not empty."""
    _refuse_other_plugins(backup.manifest)
    with as_owner() as database:
        state = _refuse_used(database, backup.manifest)
    _refuse_stored(backup.manifest)
    if state != "migrated":
        _migrate_as_far(backup.manifest, say)
    storage.write(UNFINISHED, backup.manifest.fingerprint.encode())
    _photos(backup, say)
    with as_owner() as database:
        _load(database, backup, say)
    storage.delete(UNFINISHED)
    if _known() != _applied(backup.manifest):
        say("Bringing the tables up to this release")
        migrate()


def _refuse_other_plugins(manifest: Manifest) -> None:
    if set(manifest.plugins) != set(settings.PLUGINS):
        there, here = (", ".join(sorted(names)) or "none" for names in (manifest.plugins, settings.PLUGINS))
        raise CannotRestore(f"The backup was made with the plugins {there}; here they are: {here}.")


def _refuse_used(database: Database, manifest: Manifest) -> str:
    """ "new" for a database without tables, "migrated" for one with the backup's and nothing in them."""
    if database.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
        return "new"
    if set(database.execute(MIGRATIONS)) != _applied(manifest):
        raise CannotRestore(
            "The tables here are of another release than the backup's. Restore into a database without any tables: "
            "they are made as the backup needs them, and then brought up to this release."
        )
    for name in tables.kept(database):
        if name not in MADE_BY_MIGRATIONS and not _is_empty(database, name):
            raise CannotRestore(f"This site is in use: the table {name} has rows. Restore into an empty one.")
    return "migrated"


def _is_empty(database: Database, table: str) -> bool:
    statement = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
    return database.execute(statement).fetchone() == (False,)


def _refuse_stored(manifest: Manifest) -> None:
    """Files of an earlier try with this very backup are fine."""
    there = next((key for key in storage.all_keys() if not key.startswith(PASSING)), None)
    if there is None:
        return
    try:
        mark = storage.read(UNFINISHED)
    except FileNotFoundError:
        mark = b""
    if mark != manifest.fingerprint.encode():
        raise CannotRestore("The storage of this site holds files already. Restore into an empty one.")


def _migrate_as_far(manifest: Manifest, say: Say) -> None:
    """Make the backup's tables, no newer ones. Raises CannotRestore where this code is older than the backup."""
    say("Making the tables")
    there = _applied(manifest)
    if unknown := there - _known():
        raise CannotRestore(f"The backup is of a newer release: {min(unknown)} is not known here.")
    if there == _known():
        migrate()
        return
    graph = MigrationLoader(None).graph
    for app, name in sorted(there):
        children = {child.key for child in graph.node_map[app, name].children}
        if not any(child in there and child[0] == app for child in children):
            migrate(app, name)


def _known() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).graph.nodes)


def _applied(manifest: Manifest) -> set[tuple[str, str]]:
    return {(app, name) for app, name in manifest.migrations}


def _photos(backup: Backup, say: Say) -> None:
    total = Summing()
    for name, data in backup.members():
        if name.startswith(PHOTOS):
            key = name.removeprefix(PHOTOS)
            storage.write(key, data)
            total.photo(key, data)
            say(f"Photos and files: {total.count:,} of {backup.manifest.photos.count:,}")
    if total.as_photos() != backup.manifest.photos:
        raise CannotRestore("The file changed while it was read. Nothing but photos was written.")


def _load(database: Database, backup: Backup, say: Say) -> None:
    """All tables or none: what is not equal in the end undoes everything."""
    wanted = backup.manifest.tables
    database.execute(tables.SAME_TEXT.encode())
    names = tables.kept(database)
    if set(names) != set(wanted):
        raise CannotRestore("The tables here are not those of the backup.")
    everything = sql.SQL(", ").join(map(sql.Identifier, names))
    database.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(everything))
    _refuse_used(database, backup.manifest)
    database.execute("SET CONSTRAINTS ALL DEFERRED")
    with tables.without_triggers(database, names):
        for name in reversed(names):
            database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        rows = (member for member in backup.members() if member[0].startswith(TABLES))
        for number, (name, chunks) in enumerate(groupby(rows, key=lambda row: table_of(row[0])), start=1):
            tables.copy_in(database, name, wanted[name].columns, (data for _, data in chunks))
            say(f"Tables: {number} of {sum(1 for each in wanted.values() if each.rows)}")
    for name in names:
        if tables.summed(database, name) != wanted[name]:
            raise CannotRestore(f"The table {name} is not what it was. Nothing was changed.")
    tables.set_sequences(database, backup.manifest.sequences)
    database.execute(PROMISE_AGAIN.encode())
    database.commit()
    database.autocommit = True
    database.execute("ANALYZE")


def afterwards(say: Say) -> list[str]:
    """What a site that was put back is asked. Returns what is wrong with it."""
    from oversight import audit

    wrong = []
    if (broken := audit.first_broken_link()) is not None:
        wrong.append(f"The audit log is broken at row {broken}.")
    if apps.is_installed("recognition"):
        from recognition import gallery, guard_audit, purge

        guard_audit.purge()
        purge.expired()
        wrong += [f"Guard: {each.code}: {each.detail}" for each in guard_audit.findings()]
        gallery.reconcile()
        say("The galleries are made anew by the worker.")
    return wrong
