"""A flag switched off while a job is in the encoder: the job is dead within a second, nothing is stored or shown."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from officers import departments
from officers.models import Department, Photo
from oversight.embedded.programs import PROJECT
from oversight.gate import MatchingForbidden
from oversight.models import OutboxEntry, User
from privacy.shapes import Rectangle
from recognition import identification as identifications
from recognition.models import Candidate, FaceTemplate, Identification
from tests import factories
from tests.stack import Stack

pytestmark = [pytest.mark.plugin, pytest.mark.stack]

FLIPS = int(os.environ.get("OVERSIGHT_FLIPS", "10"))
"""`make deep` runs a hundred."""
WORKER_STARTS_WITHIN = 60.0
JOB_STARTS_WITHIN = 20.0
DEAD_WITHIN = 1.0


@contextmanager
def slow_worker(stack: Stack, note: Path) -> Iterator[None]:
    env = {**stack.env, "SLOW_ENCODER_FILE": str(note)}
    log = (note.parent / "worker.log").open("wb")
    command = [sys.executable, "-m", "tests.recognition.slow_worker"]
    process = subprocess.Popen(command, env=env, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    except BaseException:
        print((note.parent / "worker.log").read_text())  # noqa: T201 - pytest shows it under the failure
        raise
    finally:
        process.terminate()
        process.wait()
        log.close()


def wait_for_pid(note: Path, seconds: float) -> int:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if note.exists():
            pid = int(note.read_text())
            note.unlink()
            return pid
        time.sleep(0.01)
    raise AssertionError(f"No job reached the encoder within {seconds} s")


def seconds_until_dead(pid: int) -> float:
    begun = time.monotonic()
    while time.monotonic() - begun < JOB_STARTS_WITHIN:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return time.monotonic() - begun
        time.sleep(0.005)
    return time.monotonic() - begun


def ask(photo: Photo, department: Department, number: int) -> Identification:
    return identifications.request(
        photo=photo, department=department, box=Rectangle(10, 10, 100 + number, 120)
    )


def assert_nothing_is_left(search: Identification) -> None:
    search.refresh_from_db()
    assert search.state == Identification.State.REFUSED
    assert identifications.show(search).candidates == ()
    assert not Candidate.objects.exists()
    assert not FaceTemplate.objects.exists()
    entry = OutboxEntry.objects.get(job=identifications.IDENTIFY, subject=str(search.pk))
    assert (entry.state, entry.last_error) == (OutboxEntry.State.DEAD, "gate_closed")


def test_a_flag_switched_off_stops_the_job_in_the_encoder(stack: Stack, tmp_path: Path) -> None:
    admin = factories.user(User.Role.ADMIN)
    department = factories.department(allowed=True)
    basis, due = department.recognition_legal_basis, department.recognition_review_due
    assert due is not None
    photo = factories.photo(department, jpeg=factories.picture(7, 2))
    note = tmp_path / "pid"
    took = []
    with slow_worker(stack, note):
        for number in range(FLIPS):
            search = ask(photo, department, number)
            pid = wait_for_pid(note, JOB_STARTS_WITHIN if number else WORKER_STARTS_WITHIN)
            departments.forbid_matching(department=department, by=admin)
            took.append(seconds_until_dead(pid))
            assert_nothing_is_left(search)
            with pytest.raises(MatchingForbidden):
                ask(photo, department, number + 1000)
            departments.allow_matching(department=department, by=admin, legal_basis=basis, review_due=due)
    assert max(took) <= DEAD_WITHIN, sorted(took)[-5:]
    print(f"{FLIPS} of {FLIPS} jobs dead, median {sorted(took)[FLIPS // 2]:.3f} s, most {max(took):.3f} s")  # noqa: T201
