"""One process that plays histories one after the other in a scratch database of its own, and reports in JSON lines.

`python -m recognition.histories.lane` reads one JSON object from its standard input. It ends at the first violation
with a story, or when all its histories are played.
"""

import contextlib
import json
import queue
import random
import sys
import threading
from collections import Counter
from dataclasses import asdict
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402

from oversight.models import User  # noqa: E402
from recognition.histories import (  # noqa: E402, F401 - they register their steps
    steps_app,
    steps_attacks,
    steps_law,
    steps_raw,
)
from recognition.histories.checker import Checker, Violation, observe  # noqa: E402
from recognition.histories.edges import Edges  # noqa: E402
from recognition.histories.hands import Hands  # noqa: E402
from recognition.histories.locks import take_away  # noqa: E402
from recognition.histories.scratch import Addresses, require_scratch  # noqa: E402
from recognition.histories.steps import plan  # noqa: E402
from recognition.histories.steps_app import look  # noqa: E402
from recognition.histories.world import EMPTIED, SLOTS, make  # noqa: E402
from recognition.histories.writers import Game, Writer, tally  # noqa: E402

LONGEST_BLINK = 0.05


class Lane:
    """The connections, writers and checker that all histories of this process share."""

    def __init__(self, addresses: Addresses, *, writers: int, without: str | None) -> None:
        require_scratch(str(connection.settings_dict["NAME"]))
        with psycopg.connect(addresses.superuser) as superuser:
            observe(superuser)
            if without:
                take_away(without, superuser)
        self.owner = psycopg.connect(addresses.owner)
        self.superuser = psycopg.connect(addresses.superuser, autocommit=True)
        self.checker = Checker(self.superuser, ratchets_count=without != "ratchet")
        self.edges = Edges(addresses.superuser)
        self.edges.install()
        self.admin = User.objects.create_user("history", "history@example.org", role=User.Role.ADMIN).pk
        self.done: queue.Queue[int] = queue.Queue()
        self.writers = [Writer(number, addresses, self.edges, self.done) for number in range(writers)]
        self.hands = Hands(writers, addresses, self.edges)
        self.counts: Counter[str] = Counter()
        self.surprises: Counter[str] = Counter()
        for writer in self.writers:
            writer.start()

    def play(self, seed: int, slot: int) -> tuple[list[Violation], list[str]]:
        """One history. Returns what it violated, and its story."""
        if slot == 0:
            self.superuser.execute(EMPTIED)
            self.checker.forget()
        world = make(seed=seed, slot=slot, admin=self.admin, owner=self.owner)
        game = Game(world, plan(world, len(self.writers)), threading.Barrier(len(self.writers)))
        self.edges.looks = []
        for writer in self.writers:
            writer.games.put(game)
        found = self._watch(random.Random(f"{seed} watch"))  # noqa: S311 - a game, not a secret
        for search in world.searches:
            look(self.hands, search)
        found += self.checker.judge(self.edges.looks)
        self.surprises.update(game.surprises)
        return found, game.story

    def _watch(self, rng: random.Random) -> list[Violation]:
        """Look into the database while the writers work; the first look that finds something counts."""
        found: list[Violation] = []
        playing = len(self.writers)
        while playing:
            with contextlib.suppress(queue.Empty):
                self.done.get(timeout=rng.random() * LONGEST_BLINK)
                playing -= 1
            found = found or self.checker.forbidden_rows()
        return found

    def totals(self) -> Counter[str]:
        return tally(self.writers, self.edges)

    def close(self) -> None:
        for writer in self.writers:
            writer.games.put(None)
        for writer in self.writers:
            writer.join(5)


def say(**line: Any) -> None:
    sys.__stdout__.write(json.dumps(line) + "\n")  # type: ignore[union-attr]  # we are started with one
    sys.__stdout__.flush()  # type: ignore[union-attr]


def main() -> None:
    sys.stdout = sys.stderr  # what the product prints, such as mails to administrators, is not for our reader
    told = json.load(sys.stdin)
    lane = Lane(Addresses(**told["addresses"]), writers=told["writers"], without=told["without"])
    templates = 0
    for number, seed in enumerate(told["seeds"]):
        slot = number % SLOTS
        before = 0 if slot == 0 else lane.checker.templates_written
        found, story = lane.play(seed, slot)
        templates += lane.checker.templates_written - before
        counts = {**lane.totals(), "templates_written": templates}
        say(histories=number + 1, counts=counts, surprises=dict(lane.surprises))
        if found:
            say(seed=seed, violations=[asdict(violation) for violation in found], story=story)
            break
    lane.close()


if __name__ == "__main__":
    main()
