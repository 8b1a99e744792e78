"""Encrypting and decrypting a stream with age, so that no part of a backup is held in memory as a whole.

age works from one stream to another, we write and read: a thread and a pipe lie between. For a passphrase, a key is
made for this one file: it stands at the start, encrypted with the passphrase, and the rest is encrypted to it.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage

from workers.backup.problems import CannotBackUp, CannotRestore

AGE = b"age-encryption.org/"
WRAPPED = b"-----BEGIN AGE ENCRYPTED FILE-----"
WRAPPED_ENDS = b"-----END AGE ENCRYPTED FILE-----"
SHORTEST_PASSPHRASE = 12
LONGEST_WRAPPING = 100  # lines


@dataclass(frozen=True)
class Locks:
    """Who can open the file: age's public keys (`age1…`), or whoever knows the passphrase. Neither: anybody."""

    recipients: Sequence[str] = ()
    passphrase: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.passphrase and len(self.passphrase) < SHORTEST_PASSPHRASE:
            raise CannotBackUp(f"The passphrase is too short. Take {SHORTEST_PASSPHRASE} characters or more.")
        for word in self.recipients:
            _recipient(word)

    @property
    def is_open(self) -> bool:
        return not self.recipients and not self.passphrase


@dataclass(frozen=True)
class Keys:
    """What opens a file: an age identity (`AGE-SECRET-KEY-…`) or the passphrase."""

    identity: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)


def new_identity() -> tuple[str, str]:
    """A private key and its public key."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def read_identity(file: Path) -> str:
    """The private key in a file as age-keygen writes it. Raises CannotRestore."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise CannotRestore(f"{file} cannot be read.") from error
    keys = [line.strip() for line in lines if line.strip().startswith("AGE-SECRET-KEY-")]
    if len(keys) != 1:
        raise CannotRestore(f"{file} holds no age key, or more than one.")
    return keys[0]


def _recipient(word: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(word.strip())
    except pyrage.RecipientError as error:
        raise CannotBackUp(f"{word!r} is no public key of age. It begins with age1.") from error


@contextlib.contextmanager
def sealed(target: IO[bytes], locks: Locks) -> Iterator[IO[bytes]]:
    """What is written to the stream given lies encrypted in `target` when the block has ended without an error."""
    if locks.is_open:
        yield target
        return
    recipients = [_recipient(word) for word in locks.recipients]
    if locks.passphrase:
        private, public = new_identity()
        recipients.append(_recipient(public))
        target.write(pyrage.passphrase.encrypt(private.encode(), locks.passphrase, armored=True))
    read_end, write_end = os.pipe()

    def work() -> None:
        with os.fdopen(read_end, "rb") as source:
            pyrage.encrypt_io(source, target, recipients)

    broken: BrokenPipeError | None = None
    with _beside(work) as failure:
        try:
            with os.fdopen(write_end, "wb") as stream:
                yield stream
        except BrokenPipeError as error:  # the thread's own error says why
            broken = error
    if failure or broken:
        raise CannotBackUp("The file could not be written.") from (failure[0] if failure else broken)


@contextlib.contextmanager
def opened(file: Path, keys: Keys) -> Iterator[IO[bytes]]:
    """The plain bytes of a backup, to be read from start to end or given up anywhere. Raises CannotRestore.

    Every 64 KiB were proved to be whole and from the one who knew the recipients before they can be read here.
    """
    with _open(file) as source:
        identity = _identity(source, keys)
        if identity is None:
            yield source
        else:
            with _decrypted(source, identity) as stream:
                yield stream


@contextlib.contextmanager
def _decrypted(source: IO[bytes], identity: Any) -> Iterator[IO[bytes]]:
    read_end, write_end = os.pipe()
    given_up = threading.Event()

    def work() -> None:
        try:
            with os.fdopen(write_end, "wb") as target:
                pyrage.decrypt_io(source, target, [identity])
        except BrokenPipeError:
            if not given_up.is_set():
                raise

    unwell: Exception | None = None
    with _beside(work) as failure, os.fdopen(read_end, "rb") as stream:
        try:
            yield stream
        except Exception as error:  # what is wrong with the plain text may be that it is none
            unwell = error
        finally:
            given_up.set()
    if failure:
        raise CannotRestore(
            "The file cannot be decrypted: it was changed or cut off, or this is not its key."
        ) from failure[0]
    if unwell is not None:
        raise unwell


def _open(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise CannotRestore(f"{file} cannot be read: {error.strerror or error}.") from error


def _identity(source: IO[bytes], keys: Keys) -> Any:
    """The key for the rest of the stream, which is left at its start; None where nothing is encrypted."""
    begins = source.read(len(WRAPPED))
    source.seek(0)
    if begins.startswith(AGE):
        if not keys.identity:
            raise CannotRestore("The file is encrypted to a key. Name the file of that key with --identity.")
        return _parsed(keys.identity)
    if begins != WRAPPED:
        return None
    if not keys.passphrase:
        raise CannotRestore("The file is encrypted with a passphrase. Add --passphrase.")
    lines: list[bytes] = []
    while not lines or lines[-1].strip() != WRAPPED_ENDS:
        lines.append(source.readline())
        if not lines[-1] or len(lines) > LONGEST_WRAPPING:
            raise CannotRestore("The file is damaged at its start.")
    try:
        return _parsed(pyrage.passphrase.decrypt(b"".join(lines), keys.passphrase).decode())
    except (pyrage.DecryptError, UnicodeError) as error:
        raise CannotRestore("That is not the passphrase of this file.") from error


def _parsed(word: str) -> Any:
    try:
        return pyrage.x25519.Identity.from_str(word.strip())
    except pyrage.IdentityError as error:
        raise CannotRestore("That is no private key of age. It begins with AGE-SECRET-KEY-.") from error


@contextlib.contextmanager
def _beside(work: Callable[[], None]) -> Iterator[list[BaseException]]:
    """Run `work` in a thread until the block and it have ended; its error lies in the list then."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # whatever it is, it must not end unseen in a thread
            failure.append(error)

    thread = threading.Thread(target=run, name="age", daemon=True)
    thread.start()
    try:
        yield failure
    finally:
        thread.join()
