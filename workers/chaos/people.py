"""People who use the site all the while, each a thread: they send, sort, tag, ask and judge in bulk.

They do what people do when a page does not come: try again. What they were told goes into the ledger.
"""

import io
import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from workers.chaos.ledger import Ledger
from workers.chaos.visits import NoAnswer, Reply, Visitor

SORT_FORM = re.compile(r'action="/photos/([0-9a-f-]{36})/sort/')
ID_AT_END = re.compile(r"([0-9a-f-]{36})/?$")
BREAK = "/photos/break/"


@dataclass
class Scene:
    """Where it is, who may sign in, and what is asked about."""

    address: str
    password: str
    emails: dict[str, str]
    department: int
    allowed_department: int
    question: bytes
    ledger: Ledger
    over: threading.Event
    pause: float = 1.0
    """Seconds between two acts of one person. `run` sets it by what this machine can do: what waits then waits for a
    fault, not for its turn."""


def small_photo(number: int) -> bytes:
    """Blots of colour, different for each number, as a JPEG of 240 x 180."""
    blots = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(blots).resize((240, 180), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=85)
    return stream.getvalue()


def write_photos(folder: Path, count: int) -> None:
    """Legacy photos, numbered from far away, so that none equals an upload."""
    for number in range(count):
        (folder / f"{number:05}.jpg").write_bytes(small_photo(10_000_000 + number))


def send_photos(scene: Scene) -> None:
    """Anonymous uploads, each tried until it is taken in."""
    visitor = Visitor(scene.address)
    while not scene.over.is_set():
        photo = small_photo(scene.ledger.try_one("photos"))
        while not scene.over.is_set():
            scene.ledger.try_one("uploads")
            reply = _patiently(scene, lambda: visitor.send_file("/api/v1/photos/", _of(scene), photo))  # noqa: B023
            if reply is not None and reply.status == 202 and (found := ID_AT_END.search(reply.location)):
                scene.ledger.told_upload(found[1])
                break
        scene.over.wait(scene.pause)


def send_one(scene: Scene) -> None:
    """One photo, while nothing is broken. Raises NoAnswer."""
    photo = small_photo(scene.ledger.try_one("photos"))
    reply = Visitor(scene.address).send_file("/api/v1/photos/", _of(scene), photo)
    scene.ledger.try_one("uploads")
    if reply.status == 202 and (found := ID_AT_END.search(reply.location)):
        scene.ledger.told_upload(found[1])


def _of(scene: Scene) -> dict[str, str]:
    return {"department": str(scene.department)}


def sort(scene: Scene, who: str) -> None:
    """A volunteer sorts what comes."""
    visitor, chance = _signed_in(scene, who), random.Random(who)  # noqa: S311 - nothing secret
    while not scene.over.is_set():
        reply = _patiently(scene, lambda: visitor.get("/photos/"))  # noqa: B023
        found = SORT_FORM.search(reply.body) if reply else None
        if found is None:
            if reply is not None and reply.status == 302:
                visitor = _signed_in(scene, who)
            scene.over.wait(1)
            continue
        photo, says = found[1], chance.choice(["yes", "no", "unclear"])
        scene.ledger.try_one("answers")
        action = f"/photos/{photo}/sort/"
        sent = _patiently(scene, lambda: visitor.submit("/photos/", action, {"police": says}))  # noqa: B023
        if sent and sent.status == 302 and (f"last={photo}" in sent.location or BREAK in sent.location):
            scene.ledger.told_answer(photo, who, says)
        scene.over.wait(scene.pause)


def tag(scene: Scene, who: str) -> None:
    """Somebody points at faces that nobody knows yet: fifteen places in a photo, one after the other."""
    visitor = _signed_in(scene, who)
    while not scene.over.is_set():
        number = scene.ledger.try_one("tags")
        photo = scene.ledger.an_upload(number)
        if photo is None:
            scene.over.wait(1)
            continue
        box = (
            number % 5 * 48,
            number // 5 % 3 * 58,
            40,
            50,
        )  # side by side: boxes that overlap would be one face
        fields = {**dict(zip("xywh", map(str, box), strict=True)), "officer": "unknown"}
        page = f"/photos/{photo}/tag/"
        sent = _patiently(scene, lambda: visitor.submit(page, page, fields))  # noqa: B023
        if sent and sent.status == 302 and "/accounts/" in sent.location:
            visitor = _signed_in(scene, who)
        elif sent and sent.status == 302 and "face=own" not in sent.location:
            scene.ledger.told_tag(photo, box)
        scene.over.wait(1)


def ask(scene: Scene) -> None:
    """A civilian asks who an officer is, and looks at the answer now and then."""
    visitor = Visitor(scene.address)
    fields = {
        "department": str(scene.allowed_department),
        "x": "60",
        "y": "60",
        "width": "240",
        "height": "300",
    }
    while not scene.over.is_set():
        scene.ledger.try_one("questions")
        sent = _patiently(
            scene, lambda: visitor.send_file("/api/v1/identifications/", fields, scene.question)
        )
        if sent is not None and sent.status == 202 and (found := ID_AT_END.search(sent.location)):
            scene.ledger.told_question(found[1])
            for _ in range(5):
                _patiently(scene, lambda: visitor.get(f"/api/v1/identifications/{found[1]}/"))
                scene.over.wait(0.4)
        scene.over.wait(scene.pause)


def judge_in_bulk(scene: Scene, legacy: int) -> None:
    """An admin has the legacy photos of one department judged: asks until the run is there."""
    visitor = _signed_in(scene, "admin")
    page = "/jobs/photos/"
    while not scene.over.is_set():
        fields = {"department": str(legacy), "count": "1"}
        sent = _patiently(scene, lambda: visitor.submit(page, page, fields))  # noqa: B023
        if sent and (sent.status == 302 and page in sent.location):
            return
        if sent and sent.status == 400:  # one runs already: the answer to an earlier try was lost
            return
        visitor = _signed_in(scene, "admin")


def _signed_in(scene: Scene, who: str) -> Visitor:
    while not scene.over.is_set():
        visitor = Visitor(scene.address)
        try:
            if visitor.sign_in(scene.emails[who], scene.password):
                return visitor
        except NoAnswer:
            pass
        scene.over.wait(0.5)
    return Visitor(scene.address)


def _patiently(scene: Scene, act: Callable[[], Reply]) -> Reply | None:
    """What came back; None where nothing did, after a moment."""
    try:
        reply = act()
    except NoAnswer:
        scene.over.wait(0.3)
        return None
    if reply.status >= 500:
        scene.ledger.try_one(f"answered {reply.status}")
        scene.over.wait(0.3)
    return reply
