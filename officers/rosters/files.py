"""The files of an import: in the private storage, and only until they are loaded, given up, or a week old."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils import timezone

from officers.models import RosterImport
from oversight import storage

MOST_BYTES = 100_000_000
KEEP = timedelta(days=7)


class TooLarge(Exception):
    """More than MOST_BYTES."""


def keep(stream: IO[bytes], name: str) -> dict[str, object]:
    """Store a file under a name that says nothing. Raises TooLarge and what the storage raises."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if size > MOST_BYTES:
        raise TooLarge
    key = f"rosters/{uuid.uuid4().hex}"
    storages["private"].save(key, File(stream))
    return {"name": os.path.basename(name)[:200], "key": key, "size": size}


@contextmanager
def opened(key: str) -> Iterator[IO[bytes]]:
    """The file as something to read and seek in, on the disk of this machine."""
    with tempfile.TemporaryFile() as copy, storages["private"].open(key, "rb") as stored:
        shutil.copyfileobj(stored, copy, 1 << 20)
        copy.seek(0)
        yield copy


def drop(held: RosterImport) -> None:
    """Delete the files for good."""
    for file in held.files:
        if file.get("key"):
            storage.delete(file["key"])


def forget(held: RosterImport) -> None:
    """Delete the files for good; what was understood of them stays. Saves the import."""
    drop(held)
    held.files = [{**file, "key": ""} for file in held.files]
    held.save(update_fields=["files"])


def forget_old() -> int:
    """Files of imports that nobody has loaded within a week, and their rows. Returns how many imports. Upkeep."""
    state = RosterImport.State
    over = RosterImport.objects.filter(
        started_at__lt=timezone.now() - KEEP, state__in=[state.MAPPING, state.CHECKED, state.FAILED]
    )
    count = 0
    for held in over[:20]:
        forget(held)
        held.rows.all().delete()
        held.state, held.problem = state.FAILED, "Nobody loaded it within a week, so its files were deleted."
        held.save(update_fields=["state", "problem"])
        count += 1
    return count
