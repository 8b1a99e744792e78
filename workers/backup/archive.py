"""The file's inside: a tar of small members, which needs no size in advance and is read from start to end.

`tables/NAME/000001.copy.gz` and so on, `key.json` where asked for, `photos/KEY`, and last `manifest.json`:
what must be there, with counts and sums. A file without it was not finished.
"""

import gzip
import hashlib
import io
import json
import tarfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from workers.backup.problems import CannotRestore

FORMAT = 1
CHUNK = 4 * 1024 * 1024
KEY, MANIFEST = "key.json", "manifest.json"
TABLES, PHOTOS = "tables/", "photos/"


@dataclass
class TableSum:
    """What a table held: its rows as COPY writes them, in the order of their key."""

    columns: list[str]
    rows: int = 0
    sha256: str = ""


@dataclass
class PhotoSum:
    """What the private storage held. `sha256` is of a list with one line for each: sum, two spaces, key."""

    count: int = 0
    bytes: int = 0
    sha256: str = ""


@dataclass
class Manifest:
    """What a whole backup holds."""

    made_at: str
    plugins: list[str]
    migrations: list[list[str]]
    tables: dict[str, TableSum] = field(default_factory=dict)
    sequences: dict[str, list[Any]] = field(default_factory=dict)
    photos: PhotoSum = field(default_factory=PhotoSum)
    has_key: bool = False
    erased_meanwhile: int = 0
    format: int = FORMAT

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.to_json()).hexdigest()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Raises CannotRestore."""
        try:
            found = json.loads(text)
            if found["format"] != FORMAT:
                raise CannotRestore("The file is of another release of this program, which is newer.")
            found["tables"] = {name: TableSum(**each) for name, each in found["tables"].items()}
            found["photos"] = PhotoSum(**found["photos"])
            return cls(**found)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotRestore("The file's list of what it holds cannot be read.") from error


class Summing:
    """Counts and sums what passes, table rows or photos."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0
        self.bytes = 0

    def rows(self, text: bytes) -> None:
        """Rows of COPY's text format, in pieces of any size: a line for each."""
        self._hash.update(text)
        self.count += text.count(b"\n")

    def photo(self, key: str, data: bytes) -> None:
        self._hash.update(f"{hashlib.sha256(data).hexdigest()}  {key}\n".encode())
        self.count += 1
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def as_photos(self) -> PhotoSum:
        return PhotoSum(self.count, self.bytes, self.sha256)


class Writer:
    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._now = int(time.time())

    def add(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = len(data), self._now, 0o600
        self._tar.addfile(member, io.BytesIO(data))
        vars(self._tar)["members"].clear()  # or it remembers a million photos

    def add_table(self, name: str, pieces: Iterable[bytes]) -> None:
        """A table in chunks: none is larger than CHUNK and the longest row together."""
        for number, chunk in enumerate(_chunks(pieces), start=1):
            self.add(f"{TABLES}{name}/{number:06}.copy.gz", gzip.compress(chunk, 3, mtime=0))

    def close(self) -> None:
        self._tar.close()


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= CHUNK:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def members(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Every member's name and bytes, tables unpacked. Raises CannotRestore."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            while (member := tar.next()) is not None:
                held = tar.extractfile(member) if member.isfile() else None
                if held is None:
                    raise CannotRestore("The file holds something that is no backup of ours.")
                data = held.read()
                yield member.name, gzip.decompress(data) if member.name.startswith(TABLES) else data
                vars(tar)["members"].clear()
            while stream.read(CHUNK):
                pass  # to the very end, where age's own proof of wholeness lies
    except (tarfile.TarError, EOFError, OSError) as error:
        raise CannotRestore("The file is no backup, is damaged, or was not finished.") from error


def table_of(name: str) -> str:
    """`officers_photo` of `tables/officers_photo/000001.copy.gz`."""
    return name.removeprefix(TABLES).split("/")[0]
