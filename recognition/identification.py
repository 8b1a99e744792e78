"""Who is this officer? Asking, searching and showing: every gate call of a match is in this file.

ENQUEUE when somebody asks, COMPUTE before the face is measured, RESULT on everybody found, SHOW each time a page or the
API wants the candidates. A forbidden officer among those found voids the whole search: it then ends exactly like one
that found nobody.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.utils import timezone

from officers import jurisdiction, submissions
from officers.jurisdiction import read_facts
from officers.models import Department, Face, Photo
from oversight import audit, gate, outbox, queues, storage
from oversight.gate import MatchingForbidden, Reason, Stage
from oversight.models import User
from privacy.shapes import Rectangle
from recognition import alerts, calibration, engine, gallery, police, release, telling
from recognition.models import Candidate, Identification
from recognition.transparency import ASKED, REFUSED

logger = logging.getLogger(__name__)

IDENTIFY = "workers.faces.identify"
WAIT_FOR_GALLERY = 2.0
TIME_STEP = 0.25
STEP_PHOTO, STEP_POLICE, STEP_MEASURED, STEPS = 1, 2, 3, 4
"""What a search has done so far: the photo is ready, police are seen in it, the face is measured; then it compares."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a search right now."""

    candidates: tuple[Candidate, ...]
    officers_searched: int

    @property
    def are_look_alikes(self) -> bool:
        """Several officers look alike, and none of them stands out."""
        return len(self.candidates) > 1

    @property
    def in_words(self) -> str:
        """What the candidates amount to: words before any number."""
        if not self.candidates:
            return "No match."
        found, searched = len(self.candidates), self.officers_searched
        if self.are_look_alikes:
            return f"Possible match. {found} of {searched} officers look alike. Check the badge."
        word = calibration.in_words(self.candidates[0].chance)
        return f"{word}. 1 of {searched} officers looks like this person. Check the badge."


NOBODY = Shown((), 0)
_ENDED_WITHOUT_ANSWER = {Identification.State.REFUSED, Identification.State.UNUSABLE}


def refusal_for(department: Department) -> Reason | None:
    """May faces be compared in this department at all? Asked before any photo is taken from anybody."""
    return gate.refusal(read_facts(department_id=department.pk))


def request(
    *, photo: Photo, department: Department, box: Rectangle, by: User | None = None
) -> Identification:
    """Ask who the face in `box` is. The same question twice is one search.

    Raises MatchingForbidden, and police.NotConfirmed where a volunteer said that this is no officer.
    """
    submissions.refile_question(photo, department=department)
    try:
        gate.check(read_facts(department_id=department.pk, photo=photo), Stage.ENQUEUE)
    except MatchingForbidden as forbidden:
        with transaction.atomic():
            facts = {"reason": forbidden.reason, "stage": forbidden.stage}
            audit.record(by=by, action=REFUSED, subject=department, **facts)
        raise
    police.require_not_denied(photo)
    x, y, width, height = box
    with transaction.atomic():
        identification, is_new = Identification.objects.get_or_create(
            photo=photo,
            department=department,
            x=x,
            y=y,
            width=width,
            height=height,
            defaults={
                "expires_at": photo.expires_at or timezone.now() + timedelta(hours=settings.PROBE_HOURS)
            },
        )
        if is_new or identification.state in _ENDED_WITHOUT_ANSWER:
            begin(identification)
            audit.record(by=by, action=ASKED, subject=department)
    return identification


@transaction.atomic
def begin(identification: Identification) -> None:
    """Promise the search, from the first question on."""
    identification.state, identification.reason = Identification.State.WAITING, ""
    identification.candidates_found, identification.steps_done = 0, STEP_PHOTO
    identification.save(update_fields=["state", "reason", "candidates_found", "steps_done"])
    outbox.promise(job=IDENTIFY, subject=str(identification.pk), queue=queues.FACES)


def refresh(identification: Identification) -> None:
    """Before anybody looks: begin again where the answer was lost, and end what the worker had to give up.

    Candidates are gone after a crash of the database, or because a door closed. Both look the same from outside: the
    search runs again, and finds what the law allows now.
    """
    if _is_lost(identification):
        if gate.refusal(_facts(identification)) is None:  # otherwise `show` says why not
            begin(identification)
    elif _is_given_up(identification):
        identification.state, identification.reason = Identification.State.UNUSABLE, "failed"
        identification.save(update_fields=["state", "reason"])


def _is_lost(identification: Identification) -> bool:
    return (
        identification.state == Identification.State.DONE
        and identification.candidates_found > 0
        and not Candidate.objects.filter(identification=identification).exists()
    )


def _is_given_up(identification: Identification) -> bool:
    return identification.state == Identification.State.WAITING and not outbox.is_waiting(
        IDENTIFY, str(identification.pk)
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """One search on its way: what is asked, the right to do it, and when and under which law it began."""

    identification: Identification
    claim: outbox.Claim
    started: float
    epoch: int

    def facts(self, officer_ids: tuple[int, ...] = ()) -> gate.Facts:
        return _facts(self.identification, officer_ids)


def run(claim: outbox.Claim) -> None:
    """The job: search for the identification whose id is `claim.subject`."""
    release.require_current_code()
    identification = (
        Identification.objects.select_related("photo", "department")
        .filter(pk=claim.subject, photo__in=Photo.objects.not_held())
        .first()
    )
    if identification is None or identification.state != Identification.State.WAITING:
        raise outbox.GiveUp("nothing_to_do")
    this = _Run(identification, claim, time.monotonic(), jurisdiction.epoch())
    try:
        permit = gate.check(this.facts(), Stage.COMPUTE)
        _require_whole_gallery(identification.department_id)
        jpeg = storage.read(identification.photo.key)
        police.take_for_police(identification, jpeg)
        _step(this, STEP_POLICE)
        template = engine.measure(jpeg=jpeg, box=identification.box, permit=permit)
    except MatchingForbidden as forbidden:
        _finish(this, state=Identification.State.REFUSED, reason=forbidden.reason)
    except engine.FaceUnusable as unusable:
        _finish(this, state=Identification.State.UNUSABLE, reason=unusable.reason)
    except police.NotConfirmed as not_confirmed:
        _finish(this, state=not_confirmed.next_state, reason=police.NOT_CONFIRMED)
    else:
        _step(this, STEP_MEASURED)
        _search(this, template)


def _step(this: _Run, done: int) -> None:
    """For whoever waits at the screen."""
    Identification.objects.filter(pk=this.identification.pk).update(steps_done=done)


def _require_whole_gallery(department_id: int) -> None:
    """A half-built gallery would answer "nobody" about an officer who is in it. Then wait."""
    if gallery.missing(department_id).exists():
        with transaction.atomic():
            gallery.promise_enrolment({department_id})
        raise outbox.TryLater("gallery_is_being_built", WAIT_FOR_GALLERY, counts=False)


def _facts(identification: Identification, officer_ids: tuple[int, ...] = ()) -> gate.Facts:
    return read_facts(
        department_id=identification.department_id, photo=identification.photo, officer_ids=officer_ids
    )


def _search(this: _Run, template: engine.Template) -> None:
    """Find, ask the gate about everybody found, store what may be shown. Any refusal at this stage voids it all.

    When the law changed since the face was measured, the search begins again, at the first question.
    """
    department_id = this.identification.department_id
    try:
        with transaction.atomic():
            if jurisdiction.epoch() != this.epoch:
                raise outbox.TryLater("the_law_changed", 0.0, counts=False)
            searched = gallery.officers_enrolled(department_id)
            found = gallery.search(
                template=template, department_id=department_id, most=calibration.NEIGHBOURS
            )
            gate.check(this.facts(tuple(n.officer_id for n in found)), Stage.RESULT)
            candidates = _candidates(this.identification, found, searched)
            Candidate.objects.bulk_create(candidates)
            _finish(this, searched=searched, found=len(candidates))
    except (MatchingForbidden, IntegrityError) as refused:
        _void(this, refused)


def _candidates(
    identification: Identification, found: list[gallery.Neighbour], searched: int
) -> list[Candidate]:
    """Those worth showing, if any."""
    chances = calibration.chances([n.distance for n in found], searched)
    return [
        Candidate(
            identification=identification,
            officer_id=found[at].officer_id,
            face_id=found[at].face_id,
            number=number,
            chance=chances[at],
        )
        for number, at in enumerate(calibration.worth_showing(chances), start=1)
    ]


def _void(this: _Run, refused: Exception) -> None:
    """Something forbidden was among the results: end as if nobody was found. The alert names nobody either."""
    reason = refused.reason if isinstance(refused, MatchingForbidden) else "database_guard"
    logger.error("A search was voided at the result stage: %s", reason)
    department = this.identification.department
    with transaction.atomic():
        alerts.search_voided(department=department, stage=Stage.RESULT, reason=reason)
        _finish(this, searched=gallery.officers_enrolled(department.pk), found=0)


@transaction.atomic
def _finish(
    this: _Run,
    *,
    state: str = Identification.State.DONE,
    reason: str = "",
    searched: int = 0,
    found: int = 0,
) -> None:
    """Write how the search ended, at the next full time step: how long it took must not tell what was found."""
    time.sleep(-(time.monotonic() - this.started) % TIME_STEP)
    this.claim.settle()
    Identification.objects.filter(pk=this.identification.pk).update(
        state=state, reason=reason, officers_searched=searched, candidates_found=found, done_at=timezone.now()
    )
    telling.promise([this.identification.pk])


def show(identification: Identification) -> Shown:
    """The candidates, if the gate still allows every one of them. Raises MatchingForbidden for a closed department.

    A forbidden officer among them gives the same answer as nobody.
    """
    if identification.state != Identification.State.DONE:
        return NOBODY
    gate.check(_facts(identification), Stage.SHOW)
    nobody = Shown((), identification.officers_searched)
    candidates = tuple(
        Candidate.objects.filter(identification=identification, face__in=Face.objects.confirmed())
        .select_related("officer", "face__photo__publication")
        .prefetch_related(
            Prefetch("officer__faces", Face.objects.public_with_pictures(), to_attr="public_faces"),
            *(f"officer__assignments__{part}" for part in ("rank", "unit", "department")),
        )
    )
    try:
        gate.check(_facts(identification, tuple(c.officer_id for c in candidates)), Stage.SHOW)
    except MatchingForbidden as forbidden:
        with transaction.atomic():
            alerts.search_voided(
                department=identification.department, stage=Stage.SHOW, reason=forbidden.reason
            )
            Candidate.objects.filter(identification=identification).delete()
            identification.candidates_found = 0  # as if nobody had been found: not even "something was here"
            identification.save(update_fields=["candidates_found"])
        return nobody
    return Shown(candidates, identification.officers_searched) if candidates else nobody
