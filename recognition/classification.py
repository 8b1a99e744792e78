"""Are police in this photo? Asked of a model for every photo that is kept or asked about, to order the queue.

A clear yes may mark a photo as containing police when the site says so; a no never decides: people do.
"""

from functools import lru_cache

from django.conf import settings
from django.db import transaction

from officers.models import Photo
from oversight import outbox, storage
from recognition.models import PresenceResult
from recognition.presence import backend
from recognition.presence.base import Box, PhotoUnsuitable, Presence, PresenceBackend, PresenceUnavailable

CLASSIFY = "workers.presence.classify"


@lru_cache(maxsize=1)
def loaded_backend() -> PresenceBackend:
    """The backend of the settings, loaded. The worker calls this before it forks."""
    chosen = backend(settings.PRESENCE_BACKEND, **settings.PRESENCE_OPTIONS)
    chosen.load()
    return chosen


def classify(claim: outbox.Claim) -> None:
    """The job: judge the photo whose id is `claim.subject` and store what the model thinks."""
    photo = Photo.objects.filter(pk=claim.subject).first()
    if photo is None:
        raise outbox.GiveUp("photo_is_gone")
    heads = [Box(*head.box) for head in photo.heads.all()]
    try:
        presence = loaded_backend().classify(storage.read(photo.key), heads)
    except PresenceUnavailable as away:
        raise outbox.TryLater("model_unavailable", away.retry_after) from away
    except PhotoUnsuitable:
        _store(photo, claim, row_of_unsuitable())
    else:
        _store(photo, claim, row_of(presence))


def row_of(presence: Presence) -> dict[str, object]:
    """The stored form of an answer."""
    return {
        "decision": presence.decision.value,
        "score": presence.score,
        "labels": [{"name": label.name, "score": round(label.score, 4)} for label in presence.labels],
        "boxes": [list(box) for box in presence.boxes],
        "backend": presence.backend,
        "model_version": presence.model_version,
    }


def row_of_unsuitable() -> dict[str, object]:
    """The stored form of "the model could not read it"."""
    return {
        "decision": PresenceResult.Decision.UNSUITABLE,
        "score": 0.0,
        "labels": [],
        "boxes": [],
        "backend": settings.PRESENCE_BACKEND,
        "model_version": "",
    }


@transaction.atomic
def _store(photo: Photo, claim: outbox.Claim, row: dict[str, object]) -> None:
    claim.settle()
    PresenceResult.objects.update_or_create(photo=photo, defaults=row)
    Photo.objects.filter(pk=photo.pk).update(
        likely_police=row["score"]
    )  # the record's queue is ordered by it
