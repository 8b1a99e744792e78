"""The writers: threads that keep their connections from one history to the next and do what the plan says."""

import queue
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psycopg
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import Error as DatabaseError
from django.db import connection

from officers.tagging import NotPossible
from oversight import outbox
from oversight.gate import MatchingForbidden
from recognition.histories.edges import Edges
from recognition.histories.hands import Hands
from recognition.histories.scratch import Addresses
from recognition.histories.steps import Plan, Step
from recognition.histories.world import World

MEETING_SECONDS = 5.0
EXPECTED = (
    MatchingForbidden,
    NotPossible,
    ObjectDoesNotExist,
    ValidationError,
    outbox.LeaseLost,
    DatabaseError,
    psycopg.Error,
)
"""What a step may raise because of what others do at the same time. Anything else is a surprise and is reported."""


@dataclass(slots=True)
class Game:
    """One history as its writers share it. `story` grows a line for each step, in the order in which they ended."""

    world: World
    plan: Plan
    meeting: threading.Barrier
    begun: float = field(default_factory=time.monotonic)
    story: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    """One of them. `games` takes the next history, or None to end; `done`, shared by all, is told when it is over."""

    def __init__(self, number: int, addresses: Addresses, edges: Edges, done: queue.Queue[int]) -> None:
        super().__init__(name=f"writer {number}", daemon=True)
        self.hands = Hands(number, addresses, edges)
        self.games: queue.Queue[Game | None] = queue.Queue()
        self.done = done

    def run(self) -> None:
        with connection.execute_wrapper(self.hands.watch):
            while (game := self.games.get()) is not None:
                try:
                    self._play(game)
                finally:
                    self.done.put(self.hands.number)
        self.hands.close()

    def _play(self, game: Game) -> None:
        for number, step in enumerate(game.plan.writers[self.hands.number]):
            self._meet(game, step)
            if self.hands.number == 0:
                game.world.hot = game.plan.hot[number]
            self._do(game, number, step)

    def _meet(self, game: Game, step: Step) -> None:
        """Wait for the others where the plan says so, and then a moment, each for their own."""
        if step.together:
            try:
                game.meeting.wait(MEETING_SECONDS)
            except threading.BrokenBarrierError:
                self.hands.counts["missed_meetings"] += 1
        time.sleep(step.wait)

    def _do(self, game: Game, number: int, step: Step) -> None:
        begun = time.monotonic()
        self.hands.doing = step.name
        try:
            self.hands.note_backend(game.world)
            step.act(self.hands, game.world, random.Random(step.dice))  # noqa: S311 - a game, not a secret
            outcome = "done"
        except EXPECTED as error:
            outcome = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
            self._mend(error)
        except Exception as error:  # whatever it is, the history goes on and the report names it
            outcome = f"SURPRISE {type(error).__name__}: {error}"
            game.surprises.append(f"{step.name}: {type(error).__name__}: {error}")
        ended = time.monotonic()
        game.story.append(
            f"{1000 * (begun - game.begun):6.1f} to {1000 * (ended - game.begun):6.1f} ms, round {number},"
            f" writer {self.hands.number}: {self.hands.doing} -> {outcome}"
        )

    def _mend(self, error: Exception) -> None:
        """Drop a connection that somebody ended; the next step makes a new one."""
        if isinstance(error, psycopg.errors.Error) and not isinstance(error, psycopg.errors.DatabaseError):
            self.hands.count(error)
        if connection.connection is None or connection.connection.closed or not connection.is_usable():
            connection.close()


def tally(writers: list[Writer], edges: Edges) -> Counter[str]:
    """All that was counted so far."""
    return sum((writer.hands.counts for writer in writers), Counter(edges.counts))
