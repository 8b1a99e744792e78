"""Steps through the product's own functions, as its pages and its workers call them."""

import hashlib
import random
import uuid
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from officers import departments, submissions, tagging
from officers.models import Department, Face, Officer, Photo
from oversight import outbox
from oversight.gate import MatchingForbidden
from oversight.models import OutboxEntry, User
from privacy.photos import CleanPhoto
from privacy.shapes import Rectangle
from recognition import gallery, identification, purge
from recognition.histories.edges import SIDE
from recognition.histories.hands import Hands
from recognition.histories.past import Look
from recognition.histories.steps import step
from recognition.histories.world import BASIS, World
from recognition.models import Identification

PROBE = Rectangle(8, 8, 80, 80)
IN_ILLINOIS = (41.88, -87.63)


@step(8)
def enrol_gallery(hands: Hands, world: World, rng: random.Random) -> None:
    department = world.department(rng)
    hands.say(f"the worker enrols department {department}")
    _enrol(hands, world, department)


def _enrol(hands: Hands, world: World, department: int) -> None:
    with hands.app():
        gallery.promise_enrolment({department})
    entry = OutboxEntry.objects.filter(job=gallery.ENROL, subject=department, state="waiting").first()
    if entry is not None:
        _work(hands, world, entry, department=None)


def _work(hands: Hands, world: World, entry: OutboxEntry, department: int | None) -> None:
    """As workers/faces.py does it, but the claim is kept: somebody may come back with it."""
    job = gallery.enrol if department is None else identification.run

    def work(claim: outbox.Claim) -> None:
        world.jobs.append((job, claim, department))
        job(claim)

    hands.edges.begin(department)
    outbox.run(str(entry.pk), work)


@step(6)
def ask_and_look(hands: Hands, world: World, rng: random.Random) -> None:
    department, photo = world.department(rng), _photo(world, rng)
    hands.say(f"somebody asks in department {department} who is in photo {photo.pk}")
    asked = identification.request(photo=photo, department=Department.objects.get(pk=department), box=PROBE)
    world.searches.append(asked.pk)
    _search(hands, world, asked)
    look(hands, asked.pk)


def _photo(world: World, rng: random.Random) -> Photo:
    return Photo.objects.get(pk=rng.choice(world.questions * 2 + world.photos))


def _search(hands: Hands, world: World, asked: Identification) -> None:
    """Twice: the first time, it may have to wait for its gallery."""
    for _ in range(2):
        entry = OutboxEntry.objects.filter(
            job=identification.IDENTIFY, subject=str(asked.pk), state="waiting"
        ).first()
        if entry is None:
            return
        _work(hands, world, entry, department=asked.department_id)
        if OutboxEntry.objects.filter(pk=entry.pk, state="waiting").exists():
            _enrol(hands, world, asked.department_id)


def look(hands: Hands, search: uuid.UUID) -> None:
    """Ask for what may be shown of a search, and note who was shown."""
    asked = Identification.objects.select_related("photo", "department").filter(pk=search).first()
    if asked is None:
        return
    since = hands.edges.now()
    try:
        shown = identification.show(asked)
    except MatchingForbidden:
        return
    until = hands.edges.now()
    for candidate in shown.candidates:
        hands.edges.looks.append(
            Look(
                "shown",
                str(asked.photo_id),
                since,
                until,
                department=asked.department_id,
                officer=candidate.officer_id,
                face=candidate.face_id,
            )
        )
        hands.edges.counts["candidates_shown"] += 1


@step(4)
def look_again(hands: Hands, world: World, rng: random.Random) -> None:
    if world.searches:
        search = rng.choice(world.searches)
        hands.say(f"somebody comes back to search {search}")
        look(hands, search)


@step(4)
def come_back_late(hands: Hands, world: World, rng: random.Random) -> None:
    """A worker that hung for long goes on with the claim it once had."""
    if world.jobs:
        job, claim, department = rng.choice(world.jobs)
        hands.say(f"a worker goes on with an old claim of {claim.subject}")
        hands.edges.begin(department)
        try:
            job(claim)
        except (outbox.LeaseLost, outbox.GiveUp, outbox.TryLater):
            hands.counts["stale_jobs"] += 1


@step(3)
def requeue(hands: Hands, world: World, rng: random.Random) -> None:
    """An old job is put back as if it had never run, its search too."""
    if world.jobs:
        _, claim, department = rng.choice(world.jobs)
        hands.say(f"the old job of {claim.subject} is put back and run")
        with hands.app() as cursor:
            cursor.execute(
                "UPDATE recognition_identification SET state = 'waiting' WHERE id::text = %s", [claim.subject]
            )
            cursor.execute(
                "UPDATE oversight_outboxentry SET state = 'waiting', lease_until = NULL, tries = 0 WHERE id = %s",
                [claim.entry_id],
            )
            hands.pause(rng)
        entry = OutboxEntry.objects.filter(pk=claim.entry_id).first()
        if entry is not None:
            _work(hands, world, entry, department)


@step(4)
def switch_off(hands: Hands, world: World, rng: random.Random) -> None:
    department = Department.objects.get(pk=world.department(rng))
    hands.say(f"an administrator forbids matching in department {department.pk}")
    departments.forbid_matching(department=department, by=_admin(world))


@step(6)
def switch_on(hands: Hands, world: World, rng: random.Random) -> None:
    department = Department.objects.get(pk=world.department(rng))
    hands.say(f"an administrator allows matching in department {department.pk}")
    due = timezone.now().date() + timedelta(days=90)
    departments.allow_matching(department=department, by=_admin(world), legal_basis=BASIS, review_due=due)


def _admin(world: World) -> User:
    return User(pk=world.admin, username="history", role=User.Role.ADMIN, is_active=True)


@step(5)
def tag_and_review(hands: Hands, world: World, rng: random.Random) -> None:
    photo, officer = _photo(world, rng), Officer.objects.get(pk=rng.choice(world.officers))
    hands.say(f"a volunteer tags officer {officer.pk} in photo {photo.pk}, and it is approved")
    box = Rectangle(rng.randrange(10), 9, 80, 80)
    admin = User.objects.get(pk=world.admin)
    face = tagging.tag(photo=photo, officer=officer, box=box, by=None)
    hands.pause(rng)
    tagging.approve(face=Face.objects.get(pk=face.pk), by=admin)


@step(2)
def reject_tag(hands: Hands, world: World, rng: random.Random) -> None:
    face = Face.objects.filter(pk=world.face(rng)).first()
    if face is not None:
        hands.say(f"the tag of face {face.pk} is rejected")
        tagging.reject(face=face, by=User.objects.get(pk=world.admin))


@step(3)
def send_again(hands: Hands, world: World, rng: random.Random) -> None:
    """The same pixels once more, under another department; sometimes this copy says that it was taken in Illinois."""
    photo, where = _photo(world, rng), Department.objects.get(pk=rng.choice(world.departments))
    for_good, taken = rng.random() < 0.3, IN_ILLINOIS if rng.random() < 0.2 else None
    hands.say(f"photo {photo.pk} is sent again under department {where.pk}, taken at {taken}")
    until = None if for_good else timezone.now() + timedelta(hours=9)
    submissions._file_again(_clean(photo.pixel_sha256, taken), department=where, expires_at=until)


@step(2)
def ask_elsewhere(hands: Hands, world: World, rng: random.Random) -> None:
    photo = Photo.objects.get(pk=rng.choice(world.questions))
    where = Department.objects.get(pk=rng.choice(world.departments))
    hands.say(f"question photo {photo.pk} is asked about in department {where.pk}")
    submissions.refile_question(photo, department=where)


@step(3)
def send_new_photo(hands: Hands, world: World, rng: random.Random) -> None:
    where = Department.objects.get(pk=rng.choice(world.departments))
    word = hashlib.sha256(str(rng.random()).encode()).hexdigest()
    look = world.look(rng)
    hands.say(f"a new photo that looks like {look} is sent to department {where.pk}")
    clean = replace(_clean(word), perceptual_hash=look)
    world.photos.append(submissions.store(clean, department=where, is_examined=True).pk)


def _clean(word: str, position: tuple[float, float] | None = None) -> CleanPhoto:
    return CleanPhoto(
        jpeg=b"",
        width=SIDE,
        height=SIDE,
        upload_sha256=word,
        pixel_sha256=word,
        taken_on=None,
        position=position,
    )


@step(1)
def forget_and_send_again(hands: Hands, world: World, rng: random.Random) -> None:
    """A photo is deleted, and the same pixels arrive under a department that allows matching."""
    photo = Photo.objects.filter(pk=rng.choice(world.photos)).first()
    if photo is not None:
        hands.say(f"photo {photo.pk} is deleted and its pixels are sent again")
        word, where = photo.pixel_sha256, Department.objects.get(pk=world.open_departments[0])
        submissions.forget(photo)
        hands.pause(rng)
        world.photos.append(submissions.store(_clean(word), department=where, is_examined=True).pk)


@step(2)
def upkeep(hands: Hands, _world: World, _rng: random.Random) -> None:
    hands.say("the sweeper deletes what is over")
    purge.expired()


@step(1)
def delete_person(hands: Hands, world: World, rng: random.Random) -> None:
    """An officer goes, with all that hangs on them."""
    officer = rng.choice(world.officers)
    hands.say(f"officer {officer} is deleted")
    Officer.objects.filter(pk=officer).delete()
