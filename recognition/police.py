"""May this person be taken for police? Nobody's face is measured before somebody, or a model that is sure, has said so.

Three grounds, the first that holds counts: the site lets the asker's word be enough (a demo does), a volunteer has seen
that it is an officer, or the presence model is surely right about the person who was pointed at. Asked when a question
is put (a volunteer's no ends it there) and again, with everything read afresh, right before the face would be measured.
"""

from enum import StrEnum

from django.conf import settings
from django.db import transaction

from officers.models import Photo
from oversight import audit, outbox
from privacy.shapes import Rectangle
from recognition import asked_person
from recognition.classification import loaded_backend
from recognition.models import Identification, VolunteerLook
from recognition.presence import person
from recognition.presence.base import PhotoUnsuitable, PresenceUnavailable
from recognition.transparency import TAKEN_FOR_POLICE

NOT_CONFIRMED = "police_not_confirmed"
NO = {Photo.Police.NO, VolunteerLook.Answer.NO}


class Ground(StrEnum):
    """On whose word a person is taken for police. Stable words: they are in the audit log."""

    ATTESTATION = "attestation"
    VOLUNTEER = "volunteer"
    MODEL = "model"


class NotConfirmed(Exception):
    """Nobody has confirmed that this is an officer: no face is measured. `next_state`: how the search goes on."""

    def __init__(self, next_state: str = Identification.State.UNUSABLE) -> None:
        super().__init__(NOT_CONFIRMED)
        self.next_state = next_state


def require_not_denied(photo: Photo) -> None:
    """Raises NotConfirmed where a volunteer has said that no police are in the photo."""
    if _said_of(photo) in NO:
        raise NotConfirmed


def _said_of(photo: Photo) -> str:
    """What volunteers say of the photo now: a stale object must not open a door."""
    return str(Photo.objects.values_list("police", flat=True).get(pk=photo.pk))


def ground(identification: Identification, jpeg: bytes) -> Ground:
    """Why this person may be taken for police. `jpeg`: the photo. For a volunteer to be asked, the person is cut out.

    Raises NotConfirmed, and outbox.TryLater while the model cannot answer.
    """
    look = VolunteerLook.objects.filter(identification=identification).first()
    said = {_said_of(identification.photo), look.answer if look else ""}
    if said & NO:
        raise NotConfirmed
    if settings.ATTESTATION_IS_ENOUGH:
        return Ground.ATTESTATION
    heads = [head.box for head in identification.photo.heads.all()]
    # A yes about a photo is one about the person only where nobody else is in it, as far as heads were looked for.
    is_alone = identification.photo.heads_found_at is not None and len(heads) <= 1
    if (look and look.answer == VolunteerLook.Answer.YES) or (Photo.Police.YES in said and is_alone):
        return Ground.VOLUNTEER
    if _model_is_sure(jpeg, person.head_of(identification.box, heads)):
        return Ground.MODEL
    may_ask = look is not None and look.answer == VolunteerLook.Answer.OPEN
    if not may_ask:
        raise NotConfirmed
    asked_person.keep(identification, jpeg)
    raise NotConfirmed(Identification.State.ASKING)


def take_for_police(identification: Identification, jpeg: bytes) -> None:
    """Go on only with a ground, and write it down. Raises as `ground` does."""
    why = ground(identification, jpeg)
    where = identification.department
    with transaction.atomic():
        audit.record(by=None, actor=audit.SYSTEM, action=TAKEN_FOR_POLICE, subject=where, ground=why)


def _model_is_sure(jpeg: bytes, head: Rectangle) -> bool:
    try:
        return person.look_at(loaded_backend(), jpeg, head).is_sure
    except PhotoUnsuitable:
        return False
    except PresenceUnavailable as away:
        raise outbox.TryLater("model_unavailable", away.retry_after) from away
