"""Who may this be? For a volunteer who tags: the same search as anybody's, about a face in a photo of the record.

The volunteer who points says with it that this person is police, in a photo of which volunteers agreed that police are
in it: that is the ground on which the face may be measured. What is found is kept and forgotten as every search's is,
and names nobody: the volunteer chooses, and somebody else confirms.
"""

from django.db import transaction

from officers.jurisdiction import read_facts
from officers.models import Photo
from oversight import audit, gate
from oversight.gate import MatchingForbidden
from oversight.models import User
from privacy.shapes import Rectangle
from recognition import identification as identifications
from recognition.models import Identification, VolunteerLook
from recognition.volunteers import SAID


def is_offered(photo: Photo, viewer: User) -> bool:
    """To people with an account, for a photo of the record with police in it, where matching is permitted."""
    if not viewer.is_active or photo.police != Photo.Police.YES or photo.expires_at is not None:
        return False
    return gate.refusal(read_facts(department_id=photo.department_id, photo=photo)) is None


def ask(*, photo: Photo, box: Rectangle, by: User) -> Identification:
    """Promise the search; the face is measured by a worker. Raises MatchingForbidden, police.NotConfirmed."""
    forbidden = None
    with (
        transaction.atomic()
    ):  # together: a search that began without the volunteer's word would end for want of it
        try:
            search = identifications.request(photo=photo, department=photo.department, box=box, by=by)
        except MatchingForbidden as refused:
            forbidden = refused  # raised outside: that somebody asked stays on record
        else:
            _is_police(search, by)
    if forbidden:
        raise forbidden
    return search


def _is_police(search: Identification, by: User) -> None:
    """A volunteer's earlier no about this person stays a no."""
    look, _ = VolunteerLook.objects.get_or_create(identification=search)
    said = VolunteerLook.objects.filter(pk=look.pk).exclude(answer=VolunteerLook.Answer.NO)
    if said.update(answer=VolunteerLook.Answer.YES):
        audit.record(by=by, action=SAID, subject=search.department, answer=VolunteerLook.Answer.YES)
    Identification.objects.filter(pk=search.pk).update(asked_by_volunteer=True)


def asked(photo: Photo, box: Rectangle) -> Identification | None:
    """The search about this face, if its day is not over."""
    x, y, width, height = box
    found = Identification.objects.filter(
        photo=photo, department=photo.department_id, x=x, y=y, width=width, height=height
    )
    search = found.select_related("department", "photo").first()
    if search is None or not search.asked_by_volunteer:
        return None
    identifications.refresh(search)
    return search
