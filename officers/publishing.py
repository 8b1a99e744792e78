"""Decides what of a photo becomes public, and when: after a confirmed tag and after a look at the covered rendition.

A worker finds the heads and paints them over (officers/rendering.py); a person who keeps the department looks, adds
what the finder missed, and says "publish". `withdraw` is the way back for everybody who has a reason. The database
holds the same rules (migrations/sql/publishing.sql), and erases what is no longer to be seen.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from officers.models import Cover, Face, Photo, Publication
from officers.problems import NotPossible
from oversight import audit, outbox, queues
from oversight.models import User
from privacy.masks import is_of
from privacy.shapes import Rectangle

State = Publication.State

FIND_COVERS = "workers.photos.find_covers"
RENDER = "workers.photos.render"
ERASE = "workers.photos.erase_rendition"

SMALLEST_COVER = 4
MOST_COVERS = 2000
MOST_PREPARED_AT_ONCE = 50
NO_MORE = "There are more boxes than one photo can have."
CHANGED = "Something about this photo has changed. Look at it as it is now."


def is_allowed(photo: Photo) -> bool:
    """Is there a tag that a second person confirmed, of an officer whom a stranger may see?"""
    here = confirmed_faces(photo).filter(photo__expires_at=None, photo__department__is_published=True)
    return here.exists()


def confirmed_faces(photo: Photo) -> QuerySet[Face]:
    """The faces that stay uncovered in this photo."""
    faces: QuerySet[Face] = Face.objects.confirmed().filter(photo=photo).order_by("pk")
    return faces


@transaction.atomic
def prepare(photo: Photo) -> None:
    """Have a covered rendition made for a look, when a confirmed tag allows it. What people refused stays so."""
    if not is_allowed(photo):
        return
    publication, _ = Publication.objects.get_or_create(photo=photo)
    if publication.state not in {State.REFUSED, State.WITHDRAWN}:
        _make(photo)


def _make(photo: Photo, **changes: object) -> None:
    """Begin to make a new rendition; what there was is gone with it (the database promises to erase its files)."""
    row = Publication.objects.filter(photo=photo)
    row.update(state=State.MAKING, version=None, changes=F("changes") + 1, **changes)
    found = row.filter(covers_found_at__isnull=False).exists()
    outbox.promise(job=RENDER if found else FIND_COVERS, subject=str(photo.pk), queue=queues.PHOTOS)


def prepare_missing() -> int:
    """Prepare photos that could be published and have no rendition on its way. Returns how many. Run by the sweeper."""
    on_their_way = outbox.waiting_subjects(FIND_COVERS) + outbox.waiting_subjects(RENDER)
    in_vain = outbox.given_up_subjects(
        FIND_COVERS, RENDER
    )  # an admin decides: promised again it would fail for ever
    forgotten = (
        Photo.objects.kept()
        .filter(pk__in=Face.objects.confirmed().values("photo"))
        .exclude(publication__state__in=[State.WAITING, State.PUBLIC, State.REFUSED, State.WITHDRAWN])
        .exclude(pk__in=on_their_way + in_vain)
        .order_by("pk")[:MOST_PREPARED_AT_ONCE]
    )
    photos = list(forgotten)
    for photo in photos:
        prepare(photo)
    return len(photos)


@transaction.atomic
def publish(*, photo: Photo, version: str, by: User) -> None:
    """The look says yes to this `version` (hex), the one that was on the screen. Raises NotPossible."""
    row = _locked(photo, State.WAITING)
    if row.version is None or row.version.hex != version or not is_allowed(photo):
        raise NotPossible(CHANGED)
    Publication.objects.filter(pk=row.pk).update(
        state=State.PUBLIC, looked_by=by, looked_at=timezone.now(), why=""
    )
    audit.record(by=by, action="published a photo", subject=photo, version=version)


@transaction.atomic
def refuse(*, photo: Photo, by: User) -> None:
    """The look says no: the rendition is gone, and none is made again unless somebody asks."""
    _locked(photo, State.WAITING)
    _take_away(photo, State.REFUSED, by=by)
    audit.record(by=by, action="refused to publish a photo", subject=photo)


@transaction.atomic
def withdraw(photo: Photo, by: User | None, why: str) -> None:
    """Take a photo away from the public: at commit for everybody, its files right after. `why` is kept for the keepers.

    Right in any state, also before anything was published: nothing of it becomes public until somebody calls
    `reconsider`. `by` None: the product itself.
    """
    Publication.objects.get_or_create(photo=photo)
    _take_away(photo, State.WITHDRAWN, by=by, why=why[:300])
    audit.record(by=by, action="withdrew a photo", subject=photo, why=why[:300])


def _take_away(photo: Photo, state: str, *, by: User | None, why: str = "") -> None:
    Publication.objects.filter(photo=photo).update(
        state=state, version=None, changes=F("changes") + 1, looked_by=by, looked_at=timezone.now(), why=why
    )
    for job in (FIND_COVERS, RENDER):
        outbox.unpromise(job=job, subject=str(photo.pk))


@transaction.atomic
def reconsider(*, photo: Photo, by: User) -> None:
    """After a refusal or a withdrawal: make a rendition to look at again."""
    _locked(photo, State.REFUSED, State.WITHDRAWN, State.STALE)
    if not is_allowed(photo):
        raise NotPossible("Somebody else must confirm a tag in this photo first.")
    _make(photo)
    audit.record(by=by, action="reconsidered a photo", subject=photo)


@transaction.atomic
def cover(*, photo: Photo, boxes: Iterable[Rectangle], by: User) -> int:
    """Cover these boxes too, as drawn (clipped to the photo; slips of the hand are left out). Returns how many."""
    _locked(photo, State.WAITING, State.PUBLIC)
    drawn = [box for box in (_clipped(box, photo) for box in boxes) if min(box[2:]) >= SMALLEST_COVER]
    if not drawn:
        return 0
    last = photo.covers.aggregate(last=Max("number"))["last"] or 0
    if last + len(drawn) > MOST_COVERS:
        raise NotPossible(NO_MORE)
    Cover.objects.bulk_create(
        Cover(photo=photo, number=number, is_drawn=True, x=x, y=y, width=width, height=height)
        for number, (x, y, width, height) in enumerate(drawn, start=last + 1)
    )
    _make(photo)
    audit.record(by=by, action="covered more of a photo", subject=photo, boxes=len(drawn))
    return len(drawn)


def _clipped(box: Rectangle, photo: Photo) -> Rectangle:
    left, top = max(0, box.x), max(0, box.y)
    right, bottom = min(photo.width, box.x + box.width), min(photo.height, box.y + box.height)
    return Rectangle(left, top, max(0, right - left), max(0, bottom - top))


def is_painted(mask: Cover, faces: Iterable[Face]) -> bool:
    """Is it black in the rendition? Not what was lifted, nor the found head of a tagged officer (masks.is_of)."""
    return not mask.is_lifted and (mask.is_drawn or not any(is_of(mask, face) for face in faces))


def may_lift(mask: Cover, faces: Iterable[Face]) -> bool:
    """May people look under this mask? Under their own drawn ones, and where a tagged officer's face is."""
    return mask.is_drawn or any(is_of(mask, face) or _shares_most(mask, face) for face in faces)


def _shares_most(mask: Cover, face: Face) -> bool:
    """Is more than half of the mask's head within the face? Then it hides the officer whom the photo is about."""
    across = min(mask.x + mask.width, face.x + face.width) - max(mask.x, face.x)
    down = min(mask.y + mask.height, face.y + face.height) - max(mask.y, face.y)
    return across > 0 and down > 0 and 2 * across * down > mask.width * mask.height


@transaction.atomic
def lift(*, photo: Photo, number: int, by: User) -> None:
    """Take a mask away: a drawn one for good, a found one only where it hides a tagged officer. Raises NotPossible."""
    _locked(photo, State.WAITING, State.PUBLIC)
    mask = photo.covers.filter(number=number, is_lifted=False).first()
    if mask is None or not may_lift(mask, confirmed_faces(photo)):
        raise NotPossible("This box covers somebody who is not a tagged officer, so it stays.")
    if mask.is_drawn:
        mask.delete()
    else:
        photo.covers.filter(pk=mask.pk).update(is_lifted=True)
    _make(photo)
    audit.record(by=by, action="lifted a mask", subject=photo, number=number)


@transaction.atomic
def put_back(*, photo: Photo, by: User) -> None:
    """Cover again whatever was lifted."""
    _locked(photo, State.WAITING, State.PUBLIC)
    if photo.covers.filter(is_lifted=True).update(is_lifted=False):
        _make(photo)
        audit.record(by=by, action="put masks back", subject=photo)


@transaction.atomic
def feature(*, face: Face, by: User) -> None:
    """Show this face first on the officer's page."""
    if face.officer_id is None:
        raise NotPossible("Nobody is tagged there.")
    Face.objects.filter(officer=face.officer_id, is_featured=True).exclude(pk=face.pk).update(
        is_featured=False
    )
    Face.objects.filter(pk=face.pk).update(is_featured=True)
    audit.record(by=by, action="featured a face", subject=face, officer=face.officer_id)


def _locked(photo: Photo, *states: str) -> Publication:
    """The row, held until the end of the transaction, in one of these states. Raises NotPossible."""
    row = Publication.objects.select_for_update().filter(photo=photo, state__in=states).first()
    if row is None:
        raise NotPossible(CHANGED)
    return row
