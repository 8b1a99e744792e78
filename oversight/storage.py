"""Where photos lie: a private folder by default, a private bucket by setting (settings.STORAGES["private"]).

Keys are ours and say nothing (no names from outside); writing the same key twice replaces it.
"""

import contextlib
import glob
import os
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

SHORTEST_PREFIX = 32


class DurableFolder(FileSystemStorage):
    """A folder whose files are on the disk before we say thank you."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_overwrite=True, **options)  # type: ignore[arg-type]

    def _save(self, name: str, content: "ContentFile[bytes]") -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]  # the stubs leave it out
        file = Path(self.path(saved))
        for entry in (file, file.parent, file.parent.parent):  # the folder is what remembers the file's name
            _sync(entry)
        return saved

    def keys(self) -> Iterator[str]:
        """Of every whole file, in order."""
        top = Path(self.location)
        for folder, below, names in os.walk(top):
            below.sort()
            yield from (str(Path(folder, name).relative_to(top)) for name in sorted(names))

    def delete_prefix(self, prefix: str) -> None:
        """Every file whose key starts like this, and every folder."""
        start = Path(self.path(prefix))
        for found in start.parent.glob(f"{glob.escape(start.name)}*"):
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private() -> Storage:
    return storages["private"]


def write(key: str, data: bytes) -> None:
    """Store the bytes. Raises what the storage raises (OSError, botocore errors), and then keeps no half of them."""
    try:
        _private().save(key, ContentFile(data))
    except Exception:
        with contextlib.suppress(Exception):
            delete(key)
        raise


def read(key: str) -> bytes:
    """The stored bytes. Raises FileNotFoundError."""
    with _private().open(key, "rb") as stored:
        return BytesIO(stored.read()).getvalue()


def opened(key: str) -> IO[bytes]:
    """The stored bytes to read bit by bit; the caller closes them. Raises FileNotFoundError."""
    stream: IO[bytes] = _private().open(key, "rb")
    return stream


def all_keys() -> Iterator[str]:
    """Of everything that is stored, one after the other; a bucket is asked for a page of them at a time."""
    storage = _private()
    if isinstance(storage, DurableFolder):
        yield from storage.keys()
    else:
        yield from (item.key for item in storage.bucket.objects.all())  # type: ignore[attr-defined]  # S3Storage


def delete(key: str) -> None:
    """Delete for good; a key that is not there is fine."""
    _private().delete(key)


def delete_prefix(prefix: str) -> None:
    """Delete for good every key that starts like this, in a bucket with all older versions; nothing there is fine.

    Raises ValueError for a prefix so short that it could be everybody's.
    """
    if len(prefix) < SHORTEST_PREFIX or "/" not in prefix:
        raise ValueError("That prefix could be everybody's.")
    storage = _private()
    if isinstance(storage, DurableFolder):
        storage.delete_prefix(prefix)
    else:
        _empty(storage.bucket, prefix)  # type: ignore[attr-defined]  # S3Storage


def _empty(bucket: Any, prefix: str) -> None:
    """First what can be read, then older versions and the marks of deletion, which only some buckets have."""
    bucket.objects.filter(Prefix=prefix).delete()
    bucket.object_versions.filter(Prefix=prefix).delete()


def is_writable() -> bool:
    """Write, read back and delete a probe file."""
    write("health/probe", b"ok")
    works = read("health/probe") == b"ok"
    delete("health/probe")
    return works
