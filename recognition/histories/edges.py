"""The edges of the product that a history replaces: pixels, the face library and the queue's hints.

Everything between them is the product's own code: the gate, its permits, the engine's handling of them, the
gallery, the searches. The encoder in place of dlib returns numbers and notes whom it was used on and when.
"""

import io
import threading
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from PIL import Image

from oversight import gate, queues, storage
from oversight.gate import MatchingForbidden
from privacy.dlib_network import CHIP_SIDE, TEMPLATE_SIZE
from privacy.shapes import Rectangle
from recognition import engine
from recognition.histories.past import Look, Moment

SIDE = 96
ALIKE = 0.001
"""How far the templates of two faces lie apart: all look alike, so that searches find everybody."""


class Found:
    """A face in the middle of a square picture, as dlib would describe it: where it is, and its five landmarks."""

    def __init__(self, pixels: NDArray[np.uint8], _square: object = None) -> None:
        self._side = int(min(pixels.shape[:2]))

    def left(self) -> int:
        return self._side // 4

    top = left

    def right(self) -> int:
        return self._side * 3 // 4

    bottom = width = right

    def parts(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(x=x, y=y) for x, y in ((30, 20), (20, 20), (0, 20), (10, 20), (15, 30))]


class Dlib:
    """The two functions of dlib that stand between a face and its template."""

    def rectangle(self, left: int, top: int, right: int, bottom: int) -> SimpleNamespace:
        return SimpleNamespace(width=lambda: right - left, height=lambda: bottom - top)

    def get_face_chip(self, *_: object) -> NDArray[np.uint8]:
        """Noise: neither dark nor blurred."""
        return np.random.default_rng(1).integers(0, 256, (CHIP_SIDE, CHIP_SIDE, 3), dtype=np.uint8)


class Edges:
    """One lane's pixels and encoder. `looks` and `counts` are what they saw; take them after each history."""

    def __init__(self, superuser: str) -> None:
        self._superuser = superuser
        self._here = threading.local()
        self._numbers = np.random.default_rng(7)
        self.looks: list[Look] = []
        self.counts: Counter[str] = Counter()
        stream = io.BytesIO()
        Image.new("RGB", (SIDE, SIDE), (90, 90, 90)).save(stream, "JPEG")
        self._jpeg = stream.getvalue()
        self._measure = engine.measure
        self._check = gate.check

    def install(self) -> None:
        """Only for a process whose database is a scratch one."""
        models = engine.Models(dlib=Dlib(), detector=self, five_points=Found, network=self.network)
        engine.load = lambda: models  # type: ignore[assignment]
        engine.measure = self.measure
        gate.check = self.check
        storage.read = self.read
        storage.write = storage.delete = queues.hint = self.nothing

    def nothing(self, *_: Any, **__: Any) -> None:
        """No pixels are kept, and jobs are run by the writers, who need no hint."""

    def begin(self, department: int | None = None) -> None:
        """A job begins; `department` is the one that a probe is searched in."""
        self._here.department = department
        self._here.since = self.now()

    def now(self) -> Moment:
        """The present moment of the database, on a connection of this thread's own."""
        held = getattr(self._here, "clock", None)
        if held is None or held.closed:
            held = self._here.clock = psycopg.connect(self._superuser, autocommit=True)
        ((text,),) = held.execute("SELECT pg_current_snapshot()::text").fetchall()
        return Moment.read(text)

    def close(self) -> None:
        """Let go of this thread's connection."""
        held = getattr(self._here, "clock", None)
        if held is not None:
            held.close()

    def read(self, key: str) -> bytes:
        """Every photo is the same picture, with the photo's number behind its end."""
        return self._jpeg + key.rpartition("/")[2].removesuffix(".jpg").encode()

    def measure(self, *, jpeg: bytes, box: Rectangle, permit: gate.Permit) -> engine.Template:
        self._here.box = tuple(box)
        number = jpeg[len(self._jpeg) :].decode()
        self._here.photo = "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))
        try:
            return self._measure(jpeg=jpeg, box=box, permit=permit)
        finally:
            self._here.since = self.now()

    def check(self, facts: gate.Facts, stage: gate.Stage) -> gate.Permit:
        try:
            return self._check(facts, stage)
        except MatchingForbidden:
            self.counts["refused_by_gate"] += 1
            raise

    def run(self, pixels: NDArray[np.uint8], *_: Any) -> tuple[list[Found], list[float], list[int]]:
        """As dlib's detector: one face, sure of it."""
        return [Found(pixels)], [1.0], [0]

    def network(self, _chips: NDArray[np.uint8]) -> NDArray[np.float64]:
        """As the template network: the numbers of the one face."""
        here = self._here
        self.looks.append(
            Look("measured", here.photo, here.since, self.now(), box=here.box, department=here.department)
        )
        self.counts["encoder_calls"] += 1
        return 0.05 + ALIKE * self._numbers.random((1, TEMPLATE_SIZE))
