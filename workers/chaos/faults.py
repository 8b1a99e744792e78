"""What goes wrong: a plan of kills, flushes and restarts from a seed, carried out one after the other.

A kill is SIGKILL. What is killed: the web server's first process or its child, the worker's first process, its sweeper
or the child that does a job, the queue, the database (all of its processes, as when the machine's memory is out).
"""

import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from oversight.embedded.processes import send, wait_until
from workers.chaos.product import Product

VICTIMS = (
    "web",
    "web",
    "web's child",
    "worker",
    "worker",
    "job",
    "job",
    "job",
    "sweeper",
    "valkey",
    "postgres",
)
LONGEST_WAIT_FOR_A_VICTIM = 8.0


@dataclass
class Faults:
    """The plan and what was done: times are of time.time(), as the database's are."""

    seed: int
    gap: float
    done: list[tuple[float, str]] = field(default_factory=list)

    def plan(self, *, kills: int, flushes: int, restarts: int) -> list[str]:
        chance = random.Random(self.seed)  # noqa: S311 - a plan that can be repeated, not a secret
        steps = [f"kill {chance.choice(VICTIMS)}" for _ in range(kills)]
        steps += ["flush"] * flushes + ["restart"] * restarts
        chance.shuffle(steps)
        return steps

    def carry_out(self, product: Product, steps: list[str]) -> None:
        chance = random.Random(self.seed + 1)  # noqa: S311 - as above
        for step in steps:
            product.tend_for(self.gap * chance.uniform(0.5, 1.5))
            what = self._once(product, step)
            self.done.append((time.time(), what))

    def _once(self, product: Product, step: str) -> str:
        """Do it to a victim that lives; where it does not come back in time, to the worker's or web's first process."""
        if step == "flush":
            return _flush(product)
        if step == "restart":
            return _restart(product)
        victim = step.removeprefix("kill ")
        pids: set[int] = set()
        end = time.monotonic() + LONGEST_WAIT_FOR_A_VICTIM
        while not (pids := _pids(product, victim)):
            product.tend_for(0.1)
            if time.monotonic() > end:
                victim = "web" if victim == "web's child" else "worker"
                end += LONGEST_WAIT_FOR_A_VICTIM
        send(pids, signal.SIGKILL)
        return f"kill {victim}"

    def counted(self) -> dict[str, object]:
        """How often each thing was done."""
        kinds = [what for _, what in self.done]
        killed = {kind[5:]: kinds.count(kind) for kind in sorted(set(kinds)) if kind.startswith("kill")}
        return {
            "kills": sum(killed.values()),
            "flushes": kinds.count("flush"),
            "restarts": kinds.count("restart"),
            "killed": killed,
        }


def _flush(product: Product) -> str:
    while not product.flush():
        product.tend_for(0.1)
    return "flush"


def _restart(product: Product) -> str:
    """The database is asked to stop, and started again by its keeper."""
    while (pid := product.pid("postgres")) is None:
        product.tend_for(0.1)
    os.kill(pid, signal.SIGINT)
    wait_until(lambda: product.pid("postgres") is None, 10)
    return "restart"


def _pids(product: Product, victim: str) -> set[int]:
    """The processes of a victim, none while it is away."""
    if victim == "postgres":
        return product.keepers["postgres"].part.leftovers()
    first = product.pid({"web's child": "web", "job": "worker", "sweeper": "worker"}.get(victim, victim))
    if first is None:
        return set()
    if victim in {"web", "worker", "valkey"}:
        return {first}
    children = sorted(_children(first))
    if victim == "sweeper":
        return set(children[:1])
    if victim == "job":  # the sweeper was forked first
        return set(children[1:2])
    return set(children[:1])


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
