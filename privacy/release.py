"""The written release without which no protecting tool measures a face.

Masks need only boxes. Replacing and cloaking look at a face's points and features, which laws on biometrics (Illinois:
740 ILCS 14/15(b)) allow only after the person was told in writing what is measured, why and how long it is kept, and
agreed. So the tools that measure take a `Release`, and only `given` makes one. It lives as long as one call and is
never stored; nobody can agree for another person, so a photo with somebody else's face from a place that forbids it,
or from nobody knows where, is for masks.
"""

from dataclasses import dataclass
from typing import Final

TEXT: Final = (
    "To change a face, this tool finds points on it and compares features of it. That happens now, in memory, only to "
    "make the new picture; it takes seconds, and afterwards nothing is kept, written down or sent on. The face is "
    "mine, or the person in the photo has agreed in writing, and the photo was not taken in Illinois."
)


class ReleaseMissing(Exception):
    """Nobody agreed, so nothing was measured."""


@dataclass(frozen=True)
class Release:
    """Somebody read TEXT and agreed to it. Made by `given` alone."""

    text: str

    def __reduce__(self) -> str:
        raise TypeError("A release is for one call and is never stored or sent.")


def given(*, agreed: bool) -> Release:
    """A release. Raises ReleaseMissing unless somebody `agreed` to TEXT."""
    if not agreed:
        raise ReleaseMissing
    return Release(TEXT)
