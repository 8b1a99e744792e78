"""What a way round needs: a department that permits matching, and a spy in place of the face library's last edge.

The permit, the crop, the queue's jobs, the gate and the database are the product's own; only the numbers are made up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from officers.models import Department, Officer
from oversight import queues
from oversight.models import OutboxEntry
from recognition import engine, gallery, identification
from recognition.histories.edges import Dlib, Found
from recognition.models import Candidate, FaceTemplate, Identification
from tests import factories
from tests.recognition.searching import ask, enrol, in_record, officer_of, work
from tests.recognition.test_nothing_biometric_is_left import MARKER
from tests.stack import Stack

FAR = 0.1
"""A distance between two people: times the root of 128 it is more than 1."""


@dataclass
class FaceLibrary:
    """Says that there is a face in the middle of every crop, and counts how often it was asked to measure one.

    `people`: how far from the marker the next faces lie; nought when it is empty. `meanwhile` is done once, while the
    next face is being measured.
    """

    calls: int = 0
    people: list[float] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None

    @property
    def models(self) -> engine.Models:
        return engine.Models(dlib=Dlib(), detector=self, five_points=Found, network=self.network)

    def run(self, pixels: NDArray[np.uint8], *_: Any) -> tuple[list[Found], list[float], list[int]]:
        return [Found(pixels)], [1.0], [0]

    def network(self, _chips: NDArray[np.uint8]) -> NDArray[np.float64]:
        self.calls += 1
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        return (MARKER + FAR * (self.people.pop(0) if self.people else 0.0))[np.newaxis]


class OneProcessWorker(SimpleWorker):
    """rq's own worker on the real queue, without a fork: its jobs see this test's transaction and its spy."""

    def _install_signal_handlers(self) -> None:
        """pytest keeps its own."""


@dataclass
class Ways:
    """What a row of the table is given."""

    library: FaceLibrary
    settings: Any
    monkeypatch: pytest.MonkeyPatch
    request: pytest.FixtureRequest
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """Of the demo's officers: each picture is used once, because the same pixels are one photo."""

    @property
    def stack(self) -> Stack:
        """Only for rows that the table lists as needing one."""
        stack: Stack = self.request.getfixturevalue("stack")
        return stack

    def quick(self) -> None:
        """For rows with many searches: none waits for its full time step."""
        self.monkeypatch.setattr(identification, "TIME_STEP", 0.001)

    def department(self, how_many: int = 1) -> Department:
        """A department that permits matching with that many officers of the demo, enrolled; each is a person apart."""
        where = factories.department(allowed=True)
        for _ in range(how_many):
            self.add_officer(where)
        self.library.people = [float(place) for place in range(how_many)]
        enrol(where)
        assert FaceTemplate.objects.filter(photo__department=where).count() == how_many
        return where

    def add_officer(self, where: Department) -> Officer:
        """One more, with a reviewed face, not enrolled yet."""
        return officer_of(in_record(where, next(self.numbers)))

    def ask(self, where: Department) -> Identification:
        """A question about a new photo."""
        return ask(where, next(self.numbers))

    def search(self, where: Department, *, at: float = 0.0) -> Identification:
        """Ask, let the job run, and return the search as it ended. The face lies `at` this place among the people."""
        asked = self.ask(where)
        self.library.people = [at]
        work(identification.IDENTIFY)
        asked.refresh_from_db()
        return asked


def found(where: Department) -> list[int]:
    """Whom a search by the marker finds there, nearest first."""
    nearest = gallery.search(template=engine.Template(MARKER), department_id=where.pk, most=20)
    return [neighbour.officer_id for neighbour in nearest]


def officers(where: Department) -> list[Officer]:
    return list(Officer.objects.filter(assignments__department=where).order_by("pk"))


def work_off_the_queue() -> int:
    """Let rq's worker do everything that is hinted, in the real Valkey. Returns how many jobs there were."""
    waiting = sum(queues.lengths().values())
    lines = [queues.queue(name) for name in queues.IN_ORDER]
    worker = OneProcessWorker(
        lines, connection=queues.connection(), serializer=JSONSerializer, log_job_description=False
    )
    worker.work(burst=True, logging_level="WARNING")
    assert sum(queues.lengths().values()) == 0
    return waiting


def entries(asked: list[Identification]) -> list[OutboxEntry]:
    subjects = [str(one.pk) for one in asked]
    return list(OutboxEntry.objects.filter(job=identification.IDENTIFY, subject__in=subjects))


def assert_nothing_came_of(asked: Identification) -> None:
    """No candidate is stored and none is shown."""
    asked.refresh_from_db()
    assert asked.state != Identification.State.DONE
    assert not Candidate.objects.filter(identification=asked).exists()
    assert identification.show(asked).candidates == ()
