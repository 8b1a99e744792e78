"""What a writer works with: its connections in the three roles, its tally, and the sentence it is busy with."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import (
    CheckViolation,
    DeadlockDetected,
    InsufficientPrivilege,
    IntegrityError,
    OperationalError,
)

from recognition.histories.edges import Edges
from recognition.histories.scratch import Addresses
from recognition.histories.world import World

LONGEST_PAUSE = 0.004


@dataclass(slots=True)
class Hands:
    """One writer's. `app` is Django's own connection of this thread."""

    number: int
    addresses: Addresses
    edges: Edges
    counts: Counter[str] = field(default_factory=Counter)
    doing: str = ""
    _held: dict[str, psycopg.Connection] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """What is about to be tried, for the story."""
        self.doing = sentence

    @contextlib.contextmanager
    def app(self) -> Iterator[CursorWrapper]:
        """A transaction in the app's role; within another one, a savepoint."""
        with transaction.atomic(), connection.cursor() as cursor:
            yield cursor

    @contextlib.contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        """A transaction in the role that owns the tables."""
        with self._as("owner", self.addresses.owner) as held:
            yield held

    @contextlib.contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        with self._as("superuser", self.addresses.superuser) as held:
            yield held

    @contextlib.contextmanager
    def _as(self, role: str, url: str) -> Iterator[psycopg.Connection]:
        held = self._held.get(role)
        if held is None or held.closed:
            held = self._held[role] = psycopg.connect(url)
        try:
            with held.transaction():
                yield held
        except psycopg.Error as error:
            self.count(error)
            raise

    def pause(self, rng: random.Random) -> None:
        """Sometimes wait a little, with the transaction open: that is when writers meet."""
        if rng.random() < 0.5:
            time.sleep(rng.random() * LONGEST_PAUSE)

    def watch(
        self, execute: Callable[..., Any], statement: Any, parameters: Any, many: bool, context: Any
    ) -> Any:
        """Count what the database refuses, also where the product's own code takes the refusal in its stride."""
        try:
            return execute(statement, parameters, many, context)
        except Exception as error:
            self.count(error.__cause__ or error)
            raise

    def count(self, error: BaseException) -> None:
        if isinstance(error, DeadlockDetected):
            self.counts["deadlocks"] += 1
        elif isinstance(error, CheckViolation | InsufficientPrivilege):
            self.counts["refused_by_database"] += 1
        elif isinstance(error, IntegrityError):
            self.counts["refused_by_other_constraints"] += 1
        elif isinstance(error, OperationalError):
            self.counts["connections_lost"] += 1

    def note_backend(self, world: World) -> None:
        """Tell the others which server process is mine, for whoever ends connections."""
        connection.ensure_connection()
        world.backends[self.number] = connection.connection.info.backend_pid

    def close(self) -> None:
        for held in self._held.values():
            held.close()
        connection.close()
        self.edges.close()
