"""Work that was asked for while it was allowed, and runs when it is not any more."""

import time
import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from rq.job import Job

from officers import departments
from officers.models import Department
from oversight import outbox, queues
from oversight.models import OutboxEntry, User
from privacy.shapes import Rectangle
from recognition import closing, gallery, identification
from recognition.models import Candidate, FaceTemplate, Identification
from tests import factories
from tests.recognition.searching import enrol, entry_of, probe, work
from tests.recognition.ways_round.context import (
    Ways,
    assert_nothing_came_of,
    entries,
    found,
    officers,
    work_off_the_queue,
)
from tests.workers.test_identify import body

OLD_JOBS = 100


def close(where: Department) -> None:
    departments.forbid_matching(department=where, by=factories.user(User.Role.ADMIN))


def open_again(where: Department) -> None:
    departments.allow_matching(
        department=where,
        by=factories.user(User.Role.ADMIN),
        legal_basis=factories.LEGAL_BASIS,
        review_due=timezone.now().date() + timedelta(days=30),
    )


def flag_off_while_queued(ways: Ways) -> None:
    """Whether the job runs before anybody noticed, or after its promise was taken back."""
    where = ways.department()
    before = ways.library.calls
    unnoticed = ways.ask(where)
    close(where)
    work(identification.IDENTIFY)
    open_again(where)
    enrol(where)
    withdrawn = ways.ask(where)
    again = ways.library.calls
    close(where)
    assert closing.stop_forbidden_work() == 1
    outbox.run(str(entry_of(withdrawn).pk), identification.run)
    assert (ways.library.calls, again) == (again, before + 1), "the officer was enrolled anew, nothing else"
    for asked in (unnoticed, withdrawn):
        assert_nothing_came_of(asked)
        assert asked.state == Identification.State.REFUSED
    assert entry_of(withdrawn).last_error == "gate_closed"


def flag_off_while_measuring(ways: Ways) -> None:
    """The door closes inside the encoder, for a search and for an enrolment: what comes out of it is dropped."""
    where = ways.department()
    asked = ways.ask(where)
    ways.library.meanwhile = lambda: close(where)
    work(identification.IDENTIFY)
    assert entry_of(asked).last_error == "the_law_changed"
    calls = ways.library.calls
    work(identification.IDENTIFY)
    assert ways.library.calls == calls
    assert_nothing_came_of(asked)
    other = factories.department(allowed=True)
    ways.add_officer(other)
    ways.library.meanwhile = lambda: close(other)
    enrol(other)
    assert ways.library.calls == calls + 1
    assert not FaceTemplate.objects.exists()


def flag_off_before_the_page_is_shown(ways: Ways) -> None:
    """A search that found somebody and one that found nobody then say the same: a refusal."""
    where = ways.department(2)
    match, nobody = ways.search(where), ways.search(where, at=5)
    assert (match.candidates_found, nobody.candidates_found) == (1, 0)
    name = officers(where)[0].last_name
    assert name in body("/who/search/{}/", match)
    close(where)
    for path in ("/who/search/{}/", "/who/search/{}/status", "/api/v1/identifications/{}/"):
        assert name not in body(path, match)
        assert body(path, match) == body(path, nobody)
    assert body("/who/search/{}/", match).startswith("403")
    assert not Candidate.objects.exists()


def old_jobs_again(ways: Ways) -> None:
    """Every old job once more, twice over, by hint and out of rq's own registry of failures, after the flip."""
    ways.quick()
    where = ways.department()
    photo = probe(where, next(ways.numbers))
    boxes = [Rectangle(60, 60, 200 + number, 240) for number in range(OLD_JOBS)]
    asked = [identification.request(photo=photo, department=where, box=box) for box in boxes]
    old = entries(asked)
    for entry in old[: OLD_JOBS // 4]:
        outbox.run(str(entry.pk), identification.run)
    outbox.withdraw(
        job=identification.IDENTIFY, subjects=[entry.subject for entry in old[-OLD_JOBS // 4 :]], why="test"
    )
    close(where)
    calls = ways.library.calls
    assert calls == 1 + OLD_JOBS // 4
    ids = [str(entry.pk) for entry in old] + [str(uuid.uuid4()), *(str(entry.pk) for entry in old)]
    for entry_id in ids:
        queues.hint(job=identification.IDENTIFY, entry_id=entry_id, queue_name=queues.FACES)
    _fail_one_and_requeue_it(str(old[0].pk))
    assert work_off_the_queue() == len(ids) + 1
    assert ways.library.calls == calls
    assert not Candidate.objects.exists()


def _fail_one_and_requeue_it(entry_id: str) -> None:
    line = queues.queue(queues.BULK)
    job = Job.create(
        identification.IDENTIFY,
        args=(entry_id,),
        connection=queues.connection(),
        serializer=line.serializer,
        origin=line.name,
    )
    job.save()
    line.failed_job_registry.add(job, ttl=60)
    line.failed_job_registry.requeue(job)


def old_code_under_a_newer_law(ways: Ways) -> None:
    """A release has migrated the database; this worker was started before it, and would measure by the old law."""
    where = ways.department()
    ways.add_officer(where)
    asked = ways.ask(where)
    calls = ways.library.calls
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('recognition', '9999_law', now())"
        )
    work(identification.IDENTIFY)
    enrol(where)
    assert ways.library.calls == calls
    assert_nothing_came_of(asked)
    waiting = OutboxEntry.objects.filter(state="waiting", last_error="old_code", tries=0)
    assert set(waiting.values_list("job", flat=True)) == {identification.IDENTIFY, gallery.ENROL}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_law'")
    enrol(where)
    assert ways.library.calls == calls + 1, "a current worker goes on with it"


def stale_index(ways: Ways) -> None:
    """There is no index in memory that could be stale: the next statement after the flip finds nobody."""
    where, other = ways.department(2), ways.department()
    assert len(found(where)) == 2
    flipped = time.monotonic()
    close(where)
    assert found(where) == []
    assert time.monotonic() - flipped < 1
    open_again(where)
    assert found(where) == []
    assert len(found(other)) == 1
