"""The one exception that a person reads as a plain sentence, never as a traceback."""

import errno
from pathlib import Path

LINES_SHOWN = 8
NO_SPACE = "No space left on device"


class CannotStart(Exception):
    """Why the product cannot start and what to do about it, in words for whoever typed the command."""


def last_lines(log: Path, count: int = LINES_SHOWN) -> str:
    """The end of a log, indented for quoting; empty when there is none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-count:])


def died(title: str, log: Path) -> CannotStart:
    """A part ended before it answered: say so with the end of its log, or name the full disk."""
    tail = last_lines(log)
    if NO_SPACE in tail:
        return CannotStart(disk_full(log.parent))
    return CannotStart(f"Could not start {title}. The end of {log}:\n{tail or '    (empty)'}")


def disk_full(folder: Path) -> str:
    return (
        f"The disk that holds {folder} is full. Free some space, or choose another folder with "
        f"OVERSIGHT_DATA=/path/to/folder."
    )


def unusable(folder: Path, error: OSError) -> CannotStart:
    """Turn a file error under the data folder into a sentence."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return CannotStart(disk_full(folder))
    where = error.filename or folder
    return CannotStart(
        f"Cannot write to {where}: {(error.strerror or str(error)).lower()}. Give yourself that folder, or "
        f"choose another with OVERSIGHT_DATA=/path/to/folder."
    )
