"""One run from start to end, and its figures."""

import contextlib
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from officers import demo_seed
from workers.chaos import checking, people, product
from workers.chaos.faults import Faults
from workers.chaos.flaky import FlakyServer, flaky
from workers.chaos.ledger import Ledger
from workers.chaos.product import Product

QUIET_WITHIN = 240.0
SENDERS = 2
WARMING = 4
"""Photos by which the machine is timed, before anything is broken."""
SHARE_OF_CAPACITY = 0.25
"""What people ask of the worker, of what it can do undisturbed: it is away or starting for about half of a run."""
LONGEST_REQUEST = 45.0


@dataclass(frozen=True)
class Plan:
    """How much goes wrong."""

    kills: int
    flushes: int
    restarts: int
    s3_faults: float
    seed: int
    gap: float
    legacy: int
    pause: float | None = None
    """Seconds between two photos of one sender; None: as much as this machine can do, measured first."""


def play(plan: Plan, say: Callable[[str], None]) -> dict[str, Any]:
    """Start everything, break it, wait, compare. Raises CannotStart."""
    with _bucket(plan) as (emulator, proxy), product.scratch(proxy.address if proxy else None) as running:
        say("The product runs.")
        with running.database() as database:
            database.execute(checking.COUNT_EFFECTS.encode())
            scene = _scene(running, database)
            legacy = _legacy_department(database)
        with tempfile.TemporaryDirectory() as folder:
            people.write_photos(Path(folder), plan.legacy)
            product.import_photos(running, Path(folder), legacy, proxy.address if proxy else None)
        scene.pause = _fair_pause(running, scene) if plan.pause is None else plan.pause
        say(f"People pause for {scene.pause:.1f} s.")
        faults = Faults(plan.seed, plan.gap)
        if proxy:
            proxy.share = plan.s3_faults
        with _crowd(scene, legacy):
            running.tend_for(3)
            faults.carry_out(
                running, faults.plan(kills=plan.kills, flushes=plan.flushes, restarts=plan.restarts)
            )
            running.tend_for(3)
        say("The faults are over.")
        if proxy:
            proxy.share = 0.0
        running.tend_for(5)  # a database that was killed last comes back
        found = _figures(plan, running, scene.ledger, faults, emulator, proxy, say)
        return {**found, "pause_s": round(scene.pause, 1)}


@contextlib.contextmanager
def _bucket(plan: Plan) -> Iterator[tuple[str | None, FlakyServer | None]]:
    if plan.s3_faults <= 0:
        yield None, None
        return
    with product.emulator() as address, flaky(address, share=0.0, seed=plan.seed) as proxy:
        yield address, proxy


def _scene(running: Product, database: Any) -> people.Scene:
    allowed = database.execute(
        "SELECT id FROM officers_department WHERE is_facial_recognition_allowed ORDER BY id LIMIT 1"
    ).fetchone()[0]
    return people.Scene(
        address=running.address,
        password=demo_seed.PASSWORD,
        emails=demo_seed.PEOPLE,
        department=allowed,
        allowed_department=allowed,
        question=(demo_seed.DEMO / "officers" / "005" / "2.jpg").read_bytes(),
        ledger=Ledger(),
        over=threading.Event(),
    )


def _fair_pause(running: Product, scene: people.Scene) -> float:
    """Seconds between two photos of one sender, from how long this machine works on one. Raises NoAnswer."""

    def one() -> float:
        begun = time.monotonic()
        people.send_one(scene)
        with running.database() as database:
            checking.wait_until_quiet(database, running.tend_for, QUIET_WITHIN)
        return time.monotonic() - begun

    one()  # the worker has to start
    each = sum(one() for _ in range(WARMING)) / WARMING
    return max(1.0, SENDERS * each / SHARE_OF_CAPACITY)


def _legacy_department(database: Any) -> int:
    """Another department, in which matching was never decided: judged in bulk, with nobody sending to it."""
    row = database.execute(
        "SELECT id FROM officers_department WHERE NOT is_facial_recognition_allowed ORDER BY id LIMIT 1"
    ).fetchone()
    return int(row[0])


@contextlib.contextmanager
def _crowd(scene: people.Scene, legacy: int) -> Iterator[None]:
    """Everybody at once, until the block ends."""
    acts: list[Callable[[], None]] = [lambda: people.send_photos(scene)] * SENDERS
    acts += [
        lambda: people.sort(scene, "volunteer"),
        lambda: people.sort(scene, "coordinator"),
        lambda: people.tag(scene, "admin"),
        lambda: people.ask(scene),
        lambda: people.judge_in_bulk(scene, legacy),
    ]
    threads = [threading.Thread(target=act, daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        scene.over.set()
        for thread in threads:
            thread.join(LONGEST_REQUEST)


def _figures(
    plan: Plan,
    running: Product,
    told: Ledger,
    faults: Faults,
    emulator: str | None,
    proxy: FlakyServer | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    with _database_again(running) as database:
        quiet_after = checking.wait_until_quiet(database, running.tend_for, QUIET_WITHIN)
        say("Comparing.")
        found = checking.compare(database, told, _reader(running, emulator))
        return {
            "uploads": told.tried["uploads"],
            "acknowledged": len(told.uploads),
            "lost": found.lost,
            "double_effects": found.double,
            "late": found.late,
            **checking.recovery(database, [at for at, _ in faults.done]),
            "quiet_after_s": round(quiet_after, 1),
            "answers": len(told.answers),
            "tags": len(told.tags),
            "searches": len(told.questions),
            "searches_begun_again": checking.begun_again(database),
            "legacy_photos": plan.legacy,
            "legacy_judged": checking.legacy_judged(database),
            **faults.counted(),
            "s3_requests_failed": proxy.failed if proxy else 0,
            "given_up": checking.dead(database),
            "still_open": checking.still_open(database),
            "seed": plan.seed,
            "examples": found.examples,
        }


def _database_again(running: Product) -> psycopg.Connection:
    """It may have been killed a moment ago. Raises psycopg.OperationalError where it stays away."""
    end = time.monotonic() + QUIET_WITHIN
    while True:
        try:
            return running.database()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            running.tend_for(0.5)


def _reader(running: Product, emulator: str | None) -> Callable[[str], bytes]:
    """How a photo's bytes are read, past everything of ours."""
    from officers.models import Photo

    if emulator is None:
        folder = running.locations.data / "photos"
        return lambda photo: (folder / Photo(pk=uuid.UUID(photo)).key).read_bytes()
    bucket: Any = product.client(emulator)
    return lambda photo: bytes(
        bucket.get_object(Bucket=product.S3_BUCKET, Key=Photo(pk=uuid.UUID(photo)).key)["Body"].read()
    )
