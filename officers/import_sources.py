"""What lies in a folder or a bucket: file by file, in whatever order, never all names at once."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from privacy.photos import MAX_BYTES

LONGEST_KEY = 1024


class SourceAway(Exception):
    """The folder or bucket cannot be read. Says why in plain words."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file: its name within the source, bytes, what changes when it does, and the day of its last change (UTC)."""

    key: str
    size: int
    etag: str
    changed_on: date


class Source(Protocol):
    """`place`: how the source is remembered."""

    place: str

    def files(self) -> Iterator[Listed]:
        """All of them, in any order. Raises SourceAway."""

    def read(self, key: str) -> bytes:
        """At most one byte more than a photo may have. Raises SourceAway."""


def source(word: str) -> Source:
    """The source that an operator named: `s3://bucket/prefix`, or a folder. Raises SourceAway."""
    if word.startswith("s3://"):
        parts = urlsplit(word)
        return Bucket(parts.netloc, parts.path.lstrip("/"))
    return Folder(Path(word))


class Folder:
    """Links are not followed: they could lead anywhere."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise SourceAway(f"There is no folder {root}.")
        self._root = root.resolve()
        self.place = str(self._root)

    def files(self) -> Iterator[Listed]:
        folders = [self._root]
        while folders:
            try:
                with os.scandir(folders.pop()) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(Path(entry.path))
                        elif entry.is_file(follow_symlinks=False):
                            yield self._listed(entry)
            except OSError as error:
                raise SourceAway(f"A folder cannot be listed: {error.strerror}.") from error

    def _listed(self, entry: os.DirEntry[str]) -> Listed:
        found = entry.stat(follow_symlinks=False)
        day = datetime.fromtimestamp(found.st_mtime, UTC).date()
        return Listed(os.path.relpath(entry.path, self._root), found.st_size, str(found.st_mtime_ns), day)

    def read(self, key: str) -> bytes:
        try:
            with (self._root / key).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise SourceAway(f"A file cannot be read: {error.strerror}.") from error


class Bucket:
    """With the endpoint, region and keys of the site's own photo storage, where that is a bucket."""

    def __init__(self, bucket: str, prefix: str) -> None:
        if not bucket:
            raise SourceAway("Name the bucket: s3://bucket/prefix.")
        self._bucket, self._prefix = bucket, prefix
        self._client = _client()
        self.place = f"s3://{bucket}/{prefix}"

    def files(self) -> Iterator[Listed]:
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for row in page.get("Contents", []):
                    if not row["Key"].endswith("/"):
                        yield Listed(
                            row["Key"], row["Size"], row["ETag"].strip('"'), row["LastModified"].date()
                        )
        except (BotoCoreError, ClientError) as error:
            raise SourceAway(f"The bucket cannot be listed: {error}") from error

    def read(self, key: str) -> bytes:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            with body:
                content: bytes = body.read(MAX_BYTES + 1)
        except (BotoCoreError, ClientError, OSError) as error:
            raise SourceAway("An object cannot be read.") from error
        return content


def _client() -> Any:
    storage: Any = settings.STORAGES["private"]
    options = storage.get("OPTIONS", {})
    return boto3.client(
        "s3",
        endpoint_url=options.get("endpoint_url"),
        region_name=options.get("region_name"),
        aws_access_key_id=options.get("access_key"),
        aws_secret_access_key=options.get("secret_key"),
        config=Config(connect_timeout=10, read_timeout=60),
    )
