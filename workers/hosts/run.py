"""One run: the main job, then each machine cut off in turn while people send photos, then a look at all of them."""

import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from officers import demo_seed
from workers.chaos import checking, people, product
from workers.chaos.ledger import Ledger
from workers.hosts.network import Host, machines
from workers.hosts.places import NAMES, everywhere

SENDERS = 2
PAUSE = 8.0
"""Seconds between two photos of one sender: fewer than a busy machine's worker can do, or all wait in a line."""
WELL_WITHIN = 180.0
QUIET_WITHIN = 240.0
LONGEST_REQUEST = 45.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """`cut_seconds`: how long each machine is cut off."""

    cut_seconds: float


def play(plan: Plan, say: Say) -> dict[str, Any]:
    """Raises CannotStart."""
    with (
        tempfile.TemporaryDirectory(prefix="oversight-hosts-") as folder,
        machines(NAMES) as hosts,
        everywhere(hosts, Path(folder)) as (running, bucket),
        running.database() as database,
    ):
        database.execute(checking.COUNT_EFFECTS.encode())
        scene = _scene(running, database)
        begun = time.monotonic()
        say("The product runs on five machines.")
        figures: dict[str, Any] = {"main_job_s": _well_after(running, scene, database, begun), "cut": {}}
        with _senders(scene):
            for name, host in hosts.items():
                figures["cut"][name] = _cut(plan, host, running, scene, database)
                say(f"{name} was cut off and healed: {figures['cut'][name]}")
        return figures | _compared(running, scene.ledger, database, bucket)


def _scene(running: product.Product, database: psycopg.Connection) -> people.Scene:
    row = database.execute("SELECT id FROM officers_department ORDER BY id LIMIT 1").fetchone()
    return people.Scene(
        address=running.address,
        password=demo_seed.PASSWORD,
        emails=demo_seed.PEOPLE,
        department=row[0] if row else 0,
        allowed_department=0,
        question=b"",
        ledger=Ledger(),
        over=threading.Event(),
        pause=PAUSE,
    )


@contextmanager
def _senders(scene: people.Scene) -> Iterator[None]:
    threads = [
        threading.Thread(target=people.send_photos, args=(scene,), daemon=True) for _ in range(SENDERS)
    ]
    threads.append(threading.Thread(target=people.sort, args=(scene, "volunteer"), daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        scene.over.set()
        for thread in threads:
            thread.join(LONGEST_REQUEST)


def _cut(
    plan: Plan, host: Host, running: product.Product, scene: people.Scene, database: psycopg.Connection
) -> dict[str, Any]:
    """Figures of one cut: what was taken in meanwhile, and how long until the main job was done again."""
    before = len(scene.ledger.uploads)
    host.cut()
    running.tend_for(plan.cut_seconds)
    meanwhile = len(scene.ledger.uploads) - before
    host.heal()
    return {
        "taken_in_meanwhile": meanwhile,
        "well_again_after_s": _well_after(running, scene, database, time.monotonic()),
    }


def _well_after(
    running: product.Product, scene: people.Scene, database: psycopg.Connection, begun: float
) -> float:
    """Send a photo by HTTP until it is taken in, and wait until the worker has looked at it. Seconds since `begun`."""
    one = people.Scene(**{**vars(scene), "over": threading.Event(), "ledger": Ledger()})
    # A number that no sender comes to: another photo each time.
    one.ledger.tried["photos"] = 1_000_000 + len(scene.ledger.uploads) * 10 + int(begun) % 10
    sender = threading.Thread(target=people.send_photos, args=(one,), daemon=True)
    sender.start()
    while time.monotonic() - begun < WELL_WITHIN:
        running.tend_for(0.2)
        if one.ledger.uploads:
            one.over.set()
            if _is_examined(database, one.ledger.uploads[0]):
                break
    one.over.set()
    sender.join(LONGEST_REQUEST)
    for photo in one.ledger.uploads:
        scene.ledger.told_upload(photo)
    return round(time.monotonic() - begun, 1)


def _is_examined(database: psycopg.Connection, photo: str) -> bool:
    asked = "SELECT heads_found_at IS NOT NULL FROM officers_photo WHERE id = %s"
    return database.execute(asked, [uuid.UUID(photo)]).fetchone() == (True,)


def _compared(
    running: product.Product, told: Ledger, database: psycopg.Connection, bucket: str
) -> dict[str, Any]:
    from officers.models import Photo

    quiet = checking.wait_until_quiet(database, running.tend_for, QUIET_WITHIN)
    client: Any = product.client(bucket)

    def stored(photo: str) -> bytes:
        key = Photo(pk=uuid.UUID(photo)).key
        return bytes(client.get_object(Bucket=product.S3_BUCKET, Key=key)["Body"].read())

    found = checking.compare(database, told, stored)
    return {
        "uploads": told.tried["uploads"],
        "acknowledged": len(told.uploads),
        "answers": len(told.answers),
        "lost": found.lost,
        "double_effects": found.double,
        "late": found.late,
        "quiet_after_s": round(quiet, 1),
        "still_open": checking.still_open(database),
        "given_up": checking.dead(database),
        "examples": found.examples,
    }
