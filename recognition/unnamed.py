"""Faces that are tagged as an officer's whom nobody knows yet, and asking about all of them who they may be.

Each is compared with the officers of its department, as if a volunteer had asked about it alone, and they are never
grouped by likeness: the template of a face that is asked about is never kept, so two unnamed faces are never compared
with each other. A group of them would be a register of people whom nobody has named.

The ground for measuring is the tagger's own word that this is an officer, said again by whoever asks about them all.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from officers.models import Department, Face, Photo
from oversight.gate import MatchingForbidden, Reason
from oversight.models import User
from recognition import likely, police
from recognition.models import Identification

BATCH = 50
AT_ONCE = 50
"""How many are asked about by one press of a button, so that the page answers soon."""
State = Identification.State


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the unnamed faces of a department are. `cannot`: no volunteers' yes about the photo, so never asked."""

    total: int
    asked: int
    done: int
    waiting: int
    without_answer: int
    cannot: int

    @property
    def left(self) -> int:
        return self.total - self.asked - self.cannot


@dataclass(slots=True)
class Told:
    """What asking about them came to. `stopped`: why nobody in this department may be asked about at all."""

    asked: int = 0
    already_asked: int = 0
    not_police: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    stopped: str = ""

    def refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1


def faces(department: Department) -> QuerySet[Face]:
    """Those of photos of the record that are not held, the newest first."""
    photos = Photo.objects.kept().filter(department=department)
    return Face.objects.filter(officer=None, photo__in=photos).select_related("photo").order_by("-pk")


def searches(of: Iterable[Face]) -> dict[int, Identification]:
    """The searches that were asked for about these faces and whose day is not over, by the face's id. One query."""
    wanted = list(of)
    found = (
        _asked().filter(photo__in={face.photo_id for face in wanted}).select_related("department", "photo")
    )
    by_place = {(s.photo_id, s.department_id, *s.box): s for s in found}
    pairs = ((face.pk, by_place.get((face.photo_id, face.photo.department_id, *face.box))) for face in wanted)
    return {pk: search for pk, search in pairs if search}


def _asked() -> QuerySet[Identification]:
    return Identification.objects.filter(asked_by_volunteer=True, expires_at__gt=timezone.now())


def progress(department: Department) -> Progress:
    """How many are asked about, waiting and done. One query."""
    same = {name: OuterRef(name) for name in ("photo", "x", "y", "width", "height")}
    state = Subquery(_asked().filter(department=department, **same).values("state")[:1])
    counted = faces(department).order_by().annotate(state=state)
    counts: Counter[tuple[str | None, bool]] = Counter()
    for found, said, number in counted.values_list("state", "photo__police").annotate(n=Count("pk")):
        counts[found, said == Photo.Police.YES] += number
    states: Counter[str | None] = Counter()
    for (found, _), number in counts.items():
        states[found] += number
    return Progress(
        total=states.total(),
        asked=states.total() - states[None],
        done=states[State.DONE],
        waiting=states[State.WAITING] + states[State.ASKING],
        without_answer=states[State.REFUSED] + states[State.UNUSABLE],
        cannot=counts[None, False],
    )


def ask_all(*, department: Department, most: int, by: User) -> Told:
    """Promise a search about each face that has none, `most` at most. Doing it again does what is left.

    Each search is a transaction of its own: what was promised before a crash stays. Nothing is measured here.
    """
    told, last = Told(), None
    while not told.stopped and told.asked < most:
        rest = faces(department) if last is None else faces(department).filter(pk__lt=last)
        batch = list(rest[:BATCH])
        if not batch:
            break
        _ask_batch(batch, told, most, by)
        last = batch[-1].pk
    return told


def _ask_batch(batch: list[Face], told: Told, most: int, by: User) -> None:
    begun = searches(batch)
    places = {(face.photo_id, face.box) for face in batch if face.pk in begun}
    for face in batch:
        if told.stopped or told.asked >= most:
            return
        if (face.photo_id, face.box) in places:
            told.already_asked += 1
        elif face.photo.police != Photo.Police.YES:
            told.not_police += 1
        else:
            _ask_one(face, told, by)
            places.add((face.photo_id, face.box))  # the same place tagged twice is one question


def _ask_one(face: Face, told: Told, by: User) -> None:
    try:
        likely.ask(photo=face.photo, box=face.box, by=by)
    except MatchingForbidden as forbidden:
        told.refuse(str(forbidden.reason))
        if (
            forbidden.reason != Reason.PHOTO_PROHIBITED
        ):  # true of the department: the next would hear the same
            told.stopped = str(forbidden.reason)
    except police.NotConfirmed:
        told.refuse(police.NOT_CONFIRMED)
    else:
        told.asked += 1
