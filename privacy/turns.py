"""Who is protected next: a short, fair line in memory. It knows addresses while they wait, and writes nothing down.

One photo is worked on at a time (or as many as are set), first come, first served. A visitor may have one photo in
work and one in the line, so nobody fills it alone; who finds it full is told to come back in a minute.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

COME_BACK: Final = 60
"""Seconds."""


class Busy(Exception):
    """The line is full, or this visitor waits in it already."""

    sentence = "Others are having their photos protected just now. Try again in a minute."


@dataclass(eq=False)
class Place:
    """One visitor's place in the line."""

    visitor: str = field(repr=False)
    line: "Turns" = field(repr=False)

    def wait(self, seconds: float) -> bool:
        """Is it this one's turn, at the latest after `seconds`?"""
        return self.line.wait(self, seconds)


class Turns:
    """A line for `at_once` workers in which `most_waiting` may stand."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._at_once, self._most_waiting = at_once, most_waiting
        self._working: list[Place] = []
        self._waiting: list[Place] = []
        self._changed = threading.Condition()

    @contextmanager
    def place(self, visitor: str) -> Iterator[Place]:
        """A place in the line until the block ends. Raises Busy."""
        place = Place(visitor, self)
        with self._changed:
            if len(self._waiting) >= self._most_waiting or any(p.visitor == visitor for p in self._waiting):
                raise Busy
            self._waiting.append(place)
            self._advance()
        try:
            yield place
        finally:
            with self._changed:
                for line in (self._waiting, self._working):
                    if place in line:
                        line.remove(place)
                self._advance()

    def wait(self, place: Place, seconds: float) -> bool:
        """Is it the turn of `place`, at the latest after `seconds`?"""
        with self._changed:
            return self._changed.wait_for(lambda: place in self._working, seconds)

    def _advance(self) -> None:
        while self._waiting and len(self._working) < self._at_once:
            self._working.append(self._waiting.pop(0))
        self._changed.notify_all()
