"""The main job by the real worker: a second photo of an officer, and that officer first, within ten seconds.

And what must not come of it: numbers of a face in the queue, a forbidden officer in an answer, an answer lost for good.
"""

import contextlib
import os
import re
import signal
import time
from typing import Any

import pytest
from django.apps import apps

if not apps.is_installed("recognition"):
    pytest.skip("needs the recognition plugin", allow_module_level=True)

import numpy as np
from django.db import connection
from django.test import Client

from officers.models import Assignment, Department, Officer, Photo
from oversight import queues
from oversight.embedded.postgres import Postgres
from oversight.models import AuditEvent, OutboxEntry
from recognition import gallery, identification
from recognition.models import Candidate, FaceTemplate, GuardAlert, Identification
from recognition.views.search import probe_window
from tests import factories
from tests.recognition.searching import enrol, enrolled, face_of, in_record, officer_of, search
from tests.stack import Stack
from tests.workers.test_jobs import assert_nothing_is_left_in_the_queue, everything_in
from tests.workers.watching import wait_for

pytestmark = [pytest.mark.stack, pytest.mark.plugin]
WITHIN_SECONDS = 10
PROBE_SHOT = 4


def asked_of(photo: Photo, where: Department) -> Identification:
    return identification.request(photo=photo, department=where, box=face_of(photo))


def is_over(asked: Identification) -> bool:
    asked.refresh_from_db()
    return asked.state != Identification.State.WAITING


def test_a_second_photo_finds_the_officer_and_the_queue_learns_nothing(
    stack: Stack, department: Department
) -> None:
    for number in (1, 2, 3, 4):
        in_record(department, number)
    stack.start_worker()
    wait_for(lambda: FaceTemplate.objects.count() == 4, 60, "the worker enrolled what was missing by itself")
    for number, shot in ((3, 2), (1, 2)):
        asked = asked_of(factories.photo(department, jpeg=factories.picture(number, shot)), department)
        begun = time.monotonic()
        wait_for(lambda asked=asked: is_over(asked), WITHIN_SECONDS * 3, "an answer came")  # type: ignore[misc]
        took = time.monotonic() - begun
        shown = identification.show(asked)
        assert shown.candidates[0].officer.last_name == f"Number{number:02}"
        assert took < WITHIN_SECONDS, f"{took:.1f} s"
    assert AuditEvent.objects.filter(action="search asked for").count() == 2
    assert Candidate.objects.count() == 2
    assert FaceTemplate.objects.count() == 4
    assert_no_template_in_the_queue()
    assert_nothing_is_left_in_the_queue()


def assert_no_template_in_the_queue() -> None:
    """Neither as bytes, of either length, nor as text."""
    for template in FaceTemplate.objects.all():
        numbers = np.asarray(
            template.template.to_numpy() if hasattr(template.template, "to_numpy") else template.template
        )
        needles = [numbers[:4].astype(kind).tobytes() for kind in ("<f4", "<f8", ">f4", ">f8")]
        needles += [f"{abs(number):.5f}".encode() for number in numbers[:8]]
        for key, value in everything_in(queues.connection()):
            assert not any(needle in value for needle in needles), key


class TestForbiddenAmongTheResults:
    """An officer of Illinois whose template got into the gallery by the hand of somebody who owns the server."""

    @pytest.fixture
    def where(self, stack: Stack) -> Department:  # noqa: ARG002 - on the test's own database
        return enrolled(2, 3, 5)

    def plant(self, stack: Stack, where: Department, number: int) -> str:
        """Enrolled while it was allowed; then moved to Illinois with every trigger off. Returns the name."""
        who = officer_of(in_record(where, number))
        type(who).objects.filter(pk=who.pk).update(last_name="Planted")
        enrol(where)
        illinois = factories.department(state="IL")
        root = stack.connect("superuser")
        root.execute("ALTER TABLE officers_assignment DISABLE TRIGGER USER")
        root.execute(
            "INSERT INTO officers_assignment (officer_id, department_id, badge_number) VALUES (%s, %s, '')",
            [who.pk, illinois.pk],
        )
        root.commit()
        assert FaceTemplate.objects.filter(officer=who).exists()
        assert Assignment.objects.filter(officer=who).count() == 2
        return "Planted"

    @pytest.mark.parametrize(
        ("planted", "probed", "is_nearest"),
        [(1, 1, True), (9, 2, False)],
        ids=["the nearest", "one of the others"],
    )
    def test_the_search_is_void_and_looks_like_nobody(
        self, stack: Stack, where: Department, planted: int, probed: int, is_nearest: bool
    ) -> None:
        stand_in = officer_of(in_record(where, 11))  # so that as many officers are searched before and after
        enrol(where)
        nobody = search(where, 7)
        stand_in.delete()
        name = self.plant(stack, where, planted)
        rank = self.rank_of(where, name, probed)
        void = search(where, probed, PROBE_SHOT)
        assert (rank == 1) is is_nearest
        assert void.candidates_found == 0
        assert not Candidate.objects.filter(identification=void).exists()
        for path in ("/who/search/{}/", "/who/search/{}/status", "/api/v1/identifications/{}/"):
            assert body(path, void) == body(path, nobody), path
        self.assert_says_nothing_of(name)

    @staticmethod
    def rank_of(where: Department, name: str, probed: int) -> int:
        """Where the planted officer comes among the results: measured here the way the search does it."""
        from officers.jurisdiction import read_facts
        from oversight import gate, storage
        from recognition import engine

        photo = factories.photo(where, jpeg=factories.picture(probed, PROBE_SHOT))
        permit = gate.check(read_facts(department_id=where.pk, photo=photo), gate.Stage.COMPUTE)
        template = engine.measure(jpeg=storage.read(photo.key), box=face_of(photo), permit=permit)
        found = gallery.search(template=template, department_id=where.pk, most=20)
        photo.delete()
        names = dict(where.officers.values_list("pk", "last_name"))
        return [names[n.officer_id] for n in found].index(name) + 1

    @staticmethod
    def assert_says_nothing_of(name: str) -> None:
        (event,) = AuditEvent.objects.filter(action="search voided")
        assert event.subject == "department"
        assert set(event.facts) == {"stage", "reason"}
        assert GuardAlert.objects.count() == 1
        officer = str(Officer.objects.get(last_name=name).pk)
        assert name not in str(event.facts)
        assert officer not in event.facts.values()


def body(path: str, asked: Identification) -> str:
    """What a stranger gets, without what differs between any two questions: ids, tokens, times, photo sizes."""
    response: Any = Client().get(path.format(asked.pk))
    text, seen = response.content.decode().replace(str(asked.pk), "ID"), probe_window(asked)
    text = text.replace(f'viewBox="{seen.x} {seen.y} {seen.width} {seen.height}"', "OWN")
    text = text.replace(f'width="{seen.photo_width}" height="{seen.photo_height}"', "OWN")
    text = re.sub(r"/who/face/[^/]+/", "/who/face/TOKEN/", text)
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1TOKEN", text)
    text = re.sub(r"\d\d:\d\d(:[\d.]+)?", "TIME", text)
    return f"{response.status_code} {text}"


def crash(stack: Stack) -> None:
    """kill -9 of the database server and all it started, and its next start."""
    (server,) = (part for part in stack.services.parts if isinstance(part, Postgres))
    connection.close()
    for pid in server.leftovers():
        with contextlib.suppress(ProcessLookupError):  # a process of a closed connection may just have ended
            os.kill(pid, signal.SIGKILL)
    assert server.process is not None
    server.process.wait()
    server.start()
    server.wait_until_ready()


def test_after_a_crash_of_the_database_gallery_and_answer_come_back(stack: Stack) -> None:
    where = enrolled(1, 2)
    photo = factories.photo(where, jpeg=factories.picture(1, 2))
    asked = asked_of(photo, where)
    stack.start_worker()
    wait_for(lambda: is_over(asked), 60, "an answer came")
    stack.parts["worker"].stop()
    crash(stack)
    assert not FaceTemplate.objects.exists()  # they are never in the write-ahead log
    assert not Candidate.objects.exists()
    asked.refresh_from_db()
    assert asked.candidates_found == 1
    response = Client().get(f"/who/search/{asked.pk}/")
    assert response.status_code == 200
    stack.start_worker()
    wait_for(lambda: FaceTemplate.objects.count() == 2, 60, "the gallery was made anew")
    wait_for(lambda: is_over(asked), 60, "the answer came again")
    assert identification.show(asked).candidates[0].officer.last_name == "Number01"
    assert not OutboxEntry.objects.filter(state="dead").exists()
