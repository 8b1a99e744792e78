"""What the person who asked says about the candidates. A machine never names anyone; these are their words."""

from django.db import transaction

from officers import tagging
from officers.models import Officer
from oversight.models import User
from recognition import identification as identifications
from recognition.models import Candidate, Identification


class NotOffered(Exception):
    """This officer is not among the candidates that may be shown."""


@transaction.atomic
def confirm(*, identification: Identification, officer_id: int, by: User | None) -> Officer:
    """ "This is the officer." The photo joins the record, tagged, and waits for a second look."""
    shown = identifications.show(identification)
    chosen = next((c for c in shown.candidates if c.officer_id == officer_id), None)
    if chosen is None:
        raise NotOffered
    tagging.tag(photo=identification.photo, officer=chosen.officer, box=identification.box, by=by)
    _answer(identification, Identification.Answer.CONFIRMED)
    return chosen.officer


@transaction.atomic
def deny(*, identification: Identification, officer_id: int) -> None:
    """ "Not them." When every candidate is denied, the answer is: none of these."""
    candidates = Candidate.objects.filter(identification=identification)
    if not candidates.filter(officer_id=officer_id).update(is_denied=True):
        raise NotOffered
    if not candidates.filter(is_denied=False).exists():
        _answer(identification, Identification.Answer.NONE)


@transaction.atomic
def none_of_these(*, identification: Identification) -> None:
    Candidate.objects.filter(identification=identification).update(is_denied=True)
    _answer(identification, Identification.Answer.NONE)


@transaction.atomic
def new_officer(
    *, identification: Identification, by: User | None, first_name: str, last_name: str, badge_number: str
) -> Officer:
    """ "None of these: add this officer." Proposed, unpublished until somebody looks."""
    officer = tagging.add_unknown_officer(
        department=identification.department,
        by=by,
        photo=identification.photo,
        box=identification.box,
        first_name=first_name,
        last_name=last_name,
        badge_number=badge_number,
    )
    _answer(identification, Identification.Answer.NEW_OFFICER)
    return officer


def _answer(identification: Identification, answer: str) -> None:
    Identification.objects.filter(pk=identification.pk).update(answer=answer)
