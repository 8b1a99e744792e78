"""What "is there police in this photo?" means here, whoever answers it.

This file decides the words of the answer and the promises of a backend; it knows no model and no service.
The answer orders the volunteers' queue. It never rejects a photo: `none_found` says only that this backend
found nothing, and people still decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from privacy.shapes import Rectangle

Box = Rectangle


class Decision(StrEnum):
    """How sure the backend is; `review` asks a person to look soon, `none_found` to look later."""

    LIKELY = "likely"
    REVIEW = "review"
    NONE_FOUND = "none_found"


@dataclass(frozen=True, slots=True)
class Label:
    """One thing the backend believes to see (`police`, `military`, ...), with its own score, 0 to 1."""

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Presence:
    """One photo's answer, complete enough to be stored and explained later.

    `score` (0 to 1) sorts the queue and can be compared only between photos with the same `backend` and
    `model_version`. `boxes` are the parts of the photo that were judged police, best first; empty where
    only the photo as a whole was judged.
    """

    score: float
    decision: Decision
    labels: tuple[Label, ...]
    boxes: tuple[Box, ...]
    backend: str
    model_version: str


class PresenceBackend(Protocol):
    """What every backend must do. Found by its module's name: see `recognition.presence.backend`."""

    name: str

    @property
    def sure_from(self) -> float:
        """Score from which one person's look (`recognition.presence.person`) is surely police: `NEVER_SURE` where
        nobody has measured it."""

    def load(self) -> None:
        """Make ready, once, before the worker forks, so that children share the memory.

        Must raise `PresenceUnavailable` when the model or its settings are missing. May be called again;
        a second call must do nothing.
        """

    def classify(self, jpeg: bytes, heads: Sequence[Box]) -> Presence:
        """Judge one photo.

        `jpeg` must be a photo that intake has already rebuilt from pixels: upright, no metadata. `heads`
        are the heads found in it, in its pixels; a backend may ignore them. Must raise `PhotoUnsuitable`
        for a photo that it will never be able to judge and `PresenceUnavailable` for everything that may
        pass; must not raise anything else for a bad photo.
        """


NEVER_SURE = 2.0


class PresenceUnavailable(Exception):
    """The backend cannot answer now. Try again after `retry_after` seconds, where it is known."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PhotoUnsuitable(Exception):
    """The backend will never be able to judge this photo. `code` is one stable lower-case word or two."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
