"""Making a backup: one snapshot of the database, then whatever the private storage holds."""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from oversight import storage
from workers.backup import tables
from workers.backup.archive import KEY, MANIFEST, PHOTOS, Manifest, Summing, TableSum, Writer
from workers.backup.problems import CannotBackUp
from workers.backup.sealing import Locks, sealed
from workers.backup.servers import as_owner
from workers.backup.tables import Database

PASSING = ("health/", "restore/")
"""Keys of probes and marks, which are nothing of the site."""
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"

Say = Callable[[str], None]


def back_up(target: Path, locks: Locks, *, with_key: bool, say: Say) -> Manifest:
    """Write the whole site to `target`, which appears when it is whole and not before. Raises CannotBackUp."""
    if with_key and locks.is_open:
        raise CannotBackUp("The site's key is not written to a file that everybody can read. Encrypt it.")
    if target.exists():
        raise CannotBackUp(f"{target} is there already, and no backup is written over another.")
    with _appearing(target) as file, sealed(file, locks) as stream, as_owner() as database:
        database.execute(SNAPSHOT)
        database.execute(tables.SAME_TEXT.encode())
        writer, manifest = Writer(stream), _head(database)
        _tables(database, writer, manifest, say)
        if with_key:
            writer.add(KEY, json.dumps({"secret_key": settings.SECRET_KEY}).encode())
            manifest.has_key = True
        _photos(writer, manifest, say)
        writer.add(MANIFEST, manifest.to_json())
        writer.close()
    return manifest


@contextlib.contextmanager
def _appearing(target: Path) -> Iterator[IO[bytes]]:
    """A private file that takes its name when everything is on the disk. Raises CannotBackUp."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise CannotBackUp(f"Cannot write into {target.parent}: {error.strerror or error}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, target)
    except OSError as error:
        raise CannotBackUp(f"{target} could not be written: {error.strerror or error}.") from error
    finally:
        os.unlink(temporary)


def _head(database: Database) -> Manifest:
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        plugins=list(settings.PLUGINS),
        migrations=[list(row) for row in database.execute(MIGRATIONS)],
    )


def _tables(database: Database, writer: Writer, manifest: Manifest, say: Say) -> None:
    names = tables.kept(database)
    for number, name in enumerate(names, start=1):
        total = Summing()
        writer.add_table(name, _noted(tables.copied_out(database, name), total))
        manifest.tables[name] = TableSum(tables.columns(database, name), total.count, total.sha256)
        say(f"Tables: {number} of {len(names)}")
    manifest.sequences = tables.sequences(database)


def _noted(pieces: Iterable[bytes], total: Summing) -> Iterator[bytes]:
    for piece in pieces:
        total.rows(piece)
        yield piece


def _photos(writer: Writer, manifest: Manifest, say: Say) -> None:
    """What is erased between being listed and being read is not in the backup, and that is counted."""
    total = Summing()
    for key in storage.all_keys():
        if key.startswith(PASSING):
            continue
        try:
            data = storage.read(key)
        except FileNotFoundError:
            manifest.erased_meanwhile += 1
            continue
        writer.add(PHOTOS + key, data)
        total.photo(key, data)
        say(f"Photos and files: {total.count:,}, {total.bytes // 1_000_000:,} MB")
    manifest.photos = total.as_photos()
