"""The register of things that writers do. A step is a function of a writer's hands, the world and its own dice.

Which steps are taken, and on whom, follows from the seed alone; how they interleave is the machine's. A step that is
refused raises; that is what the guard is for.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from recognition.histories.hands import Hands
from recognition.histories.world import World

Act = Callable[[Hands, World, random.Random], None]

ALIKE_TEMPLATE = "[" + ",".join(["0.05"] * 128) + "]"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, with which dice, and whether all writers begin it together."""

    act: Act
    dice: int
    together: bool
    wait: float

    @property
    def name(self) -> str:
        return self.act.__name__


REGISTER: list[tuple[Act, int]] = []
BARE: list[Act] = []
"""Steps that are one short transaction in the app's role, so that others can be made of them."""


def step(weight: int, *, bare: bool = False) -> Callable[[Act], Act]:
    """Put a step into the register; `weight` is how often it comes, against the others."""

    def register(act: Act) -> Act:
        REGISTER.append((act, weight))
        if bare:
            BARE.append(act)
        return act

    return register


ROUNDS = 7
LONGEST_WAIT = 0.003


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does what in which round, and which faces each round is about."""

    writers: list[list[Step]]
    hot: list[list[int]]


def plan(world: World, writers: int) -> Plan:
    """Decide all steps of a history from its seed."""
    rng = random.Random(f"{world.seed} steps")  # noqa: S311 - a game, not a secret
    acts, weights = zip(*REGISTER, strict=True)
    together = [rng.random() < 0.6 for _ in range(ROUNDS)]

    def one(number: int) -> Step:
        (act,) = rng.choices(acts, weights)
        return Step(act, rng.getrandbits(32), together[number], rng.random() * LONGEST_WAIT)

    return Plan(
        writers=[[one(number) for number in range(ROUNDS)] for _ in range(writers)],
        hot=[rng.sample(world.faces, k=min(2, len(world.faces))) for _ in range(ROUNDS)],
    )
