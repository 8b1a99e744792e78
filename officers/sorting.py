"""People say whether police are in a photo. What a model thinks only orders their queue.

A photo is decided when as many trusted people as the site asks for say the same. When they do not, or when they agree
that it cannot be told, a coordinator decides.
"""

from django.conf import settings
from django.db import transaction

from officers import claims, trust
from officers.models import Claim, KnownPhoto, Photo, SortAnswer
from oversight import audit
from oversight.models import User

Says, Police = SortAnswer.Says, Photo.Police
MEANS = {Says.READABLE: Police.YES, Says.YES: Police.YES, Says.NO: Police.NO, Says.UNCLEAR: Police.UNCLEAR}
DECISIONS = (Police.YES, Police.NO, Police.UNCLEAR)


def decision_words() -> list[tuple[str, str]]:
    """What a coordinator may decide, with the words for it."""
    return [(police.value, police.label) for police in DECISIONS]


@transaction.atomic
def say(*, photo: Photo, says: str, by: User) -> bool:
    """Keep a volunteer's answer (one of SortAnswer.Says), or a new one for their old. False: it was decided meanwhile.

    Raises ValueError for anything else than an answer.
    """
    answer = Says(says)
    held = _locked(photo)
    is_known = KnownPhoto.objects.filter(photo=held).exists()
    if held.police != Police.UNKNOWN and not (
        is_known and claims.holds(photo=held, task=Claim.Task.SORT, by=by)
    ):
        return False
    SortAnswer.objects.update_or_create(
        photo=held, person=by, defaults={"says": answer, "counts": trust.counts(by)}
    )
    claims.release(task=Claim.Task.SORT, by=by, photos=[held.pk])
    audit.record(by=by, action="sorted a photo", subject=held, answer=answer.value)
    if is_known:
        trust.look_again(by)
    else:
        _settle(held)
    return True


def _locked(photo: Photo) -> Photo:
    locked: Photo = Photo.objects.kept().select_for_update(no_key=True).get(pk=photo.pk)
    return locked


def _settle(photo: Photo) -> None:
    """Write down what the answers that count come to. A coordinator's decision stays."""
    if photo.police_said_by_id is not None or KnownPhoto.objects.filter(photo=photo).exists():
        return
    said = [Says(says) for says in photo.answers.filter(counts=True).values_list("says", flat=True)]
    meanings = {MEANS[says] for says in said}
    if len(said) < settings.SORT_CONSENSUS:
        _write(photo, Police.UNKNOWN)
    elif len(meanings) > 1 or meanings == {Police.UNCLEAR}:
        _write(photo, Police.ESCALATED)
    else:
        _write(photo, meanings.pop(), readable=Says.READABLE in said)


def _write(photo: Photo, police: Photo.Police, *, readable: bool = False, by: User | None = None) -> None:
    Photo.objects.filter(pk=photo.pk).update(police=police, has_readable_name=readable, police_said_by=by)
    if police != Police.UNKNOWN:
        Claim.objects.filter(photo=photo).delete()


@transaction.atomic
def take_back(*, photo: Photo, by: User) -> bool:
    """Undo one's own answer: the photo lies before them again. False: there is none, or a coordinator has decided."""
    held = _locked(photo)
    is_known = KnownPhoto.objects.filter(photo=held).exists()
    if held.police_said_by_id is not None and not is_known:
        return False
    if not SortAnswer.objects.filter(photo=held, person=by).delete()[0]:
        return False
    audit.record(by=by, action="took an answer back", subject=held)
    _settle(held)
    claims.renew(photo=held, task=Claim.Task.SORT, by=by)
    return True


@transaction.atomic
def decide(*, photo: Photo, police: str, by: User) -> None:
    """A coordinator's word: one of DECISIONS. It stands whatever volunteers said or will say.

    Raises ValueError for anything else.
    """
    decision = Police(police)
    if decision not in DECISIONS:
        raise ValueError(f"{police!r} decides nothing")
    held = _locked(photo)
    readable = decision == Police.YES and held.answers.filter(says=Says.READABLE).exists()
    _write(held, decision, readable=readable, by=by)
    audit.record(by=by, action="decided about a photo", subject=held, answer=decision.value)


@transaction.atomic
def mark_known(*, photo: Photo, by: User) -> bool:
    """From now on this photo tests volunteers. False: nobody has decided yet that police are in it, or not."""
    held = _locked(photo)
    if held.police not in {Police.YES, Police.NO}:
        return False
    KnownPhoto.objects.get_or_create(photo=held, defaults={"marked_by": by})
    audit.record(by=by, action="marked a test photo", subject=held, answer=held.police)
    return True


@transaction.atomic
def unmark_known(*, photo: Photo, by: User) -> None:
    if KnownPhoto.objects.filter(photo=photo).delete()[0]:
        audit.record(by=by, action="unmarked a test photo", subject=photo)
