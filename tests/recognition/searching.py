"""A department whose officers are enrolled, and questions about them: the real engine, on people who do not exist."""

from datetime import timedelta

from django.utils import timezone

from officers.models import Department, Face, Officer, Photo
from oversight import outbox
from oversight.models import OutboxEntry
from privacy.shapes import Rectangle
from recognition import engine, gallery, identification
from recognition.models import Identification
from tests import factories


def in_record(where: Department, number: int, shot: int = 1) -> Face:
    """Officer `number` of the demo as an officer of the department, with a reviewed face."""
    who = factories.officer(where, badge=str(number), last_name=f"Number{number:02}")
    return factories.face(who, factories.photo(where, jpeg=factories.picture(number, shot)))


def enrolled(*numbers: int) -> Department:
    where = factories.department(allowed=True)
    for number in numbers:
        in_record(where, number)
    enrol(where)
    return where


def enrol(where: Department) -> None:
    engine.load()  # as the worker does before its first job, so that a job's time is not spent on it
    gallery.promise_enrolment({where.pk})
    work(gallery.ENROL)


def work(job: str) -> None:
    """Do what is promised, as the worker would, and now."""
    do = {gallery.ENROL: gallery.enrol, identification.IDENTIFY: identification.run}[job]
    waiting = OutboxEntry.objects.filter(job=job, state=OutboxEntry.State.WAITING)
    waiting.update(due_at=timezone.now())
    for entry in waiting:
        outbox.run(str(entry.pk), do)


def probe(where: Department, number: int, shot: int = 2) -> Photo:
    tomorrow = timezone.now() + timedelta(hours=24)
    return factories.photo(where, jpeg=factories.picture(number, shot), expires_at=tomorrow)


def face_of(photo: Photo) -> Rectangle:
    """Where the demo's portraits have the face."""
    width, height = photo.width, photo.height
    return Rectangle(width // 6, height // 6, width * 2 // 3, height * 2 // 3)


def ask(where: Department, number: int, shot: int = 2) -> Identification:
    photo = probe(where, number, shot)
    return identification.request(photo=photo, department=where, box=face_of(photo))


def search(where: Department, number: int, shot: int = 2) -> Identification:
    asked = ask(where, number, shot)
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    return asked


def entry_of(asked: Identification) -> OutboxEntry:
    return OutboxEntry.objects.get(job=identification.IDENTIFY, subject=str(asked.pk))


def officer_of(face: Face) -> Officer:
    assert face.officer is not None
    return face.officer
