"""The photos a model learns from, and those it is kept from seeing.

This file decides the split. It goes by the hash of a file's bytes, not by its name: collections hold
byte-identical twins, and a twin on each side would make the model look better than it is.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from recognition.presence.base import PhotoUnsuitable
from recognition.presence.measuring import KINDS, photos, upright

HELD_OUT_ONE_IN = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One photo whose answer is known."""

    path: Path
    police: bool
    sha256: str

    @property
    def held_out(self) -> bool:
        """Whether the photo is for measuring and must not be learnt from."""
        return int(self.sha256, 16) % HELD_OUT_ONE_IN == 0


def examples(folder: Path) -> list[Example]:
    """The distinct photos of `folder`/police and `folder`/other, ordered by hash.

    Raises ValueError when one of the folders is empty, when a photo lies in both or when one does not open.
    """
    found: dict[str, Example] = {}
    for kind, path in photos(folder):
        _check_opens(path)
        example = Example(path, kind == "police", hashlib.sha256(path.read_bytes()).hexdigest())
        twin = found.setdefault(example.sha256, example)
        if twin.police is not example.police:
            raise ValueError(f"{path} lies in both folders, as {twin.path.name} too.")
    if len({example.police for example in found.values()}) < len(KINDS):
        raise ValueError(f"{folder} must hold photos in both of: {', '.join(KINDS)}.")
    return [found[digest] for digest in sorted(found)]


def _check_opens(path: Path) -> None:
    """Said before hours of work, not after."""
    try:
        upright(path)
    except PhotoUnsuitable as unsuitable:
        raise ValueError(f"{path} does not open. Take it out of the folder.") from unsuitable
