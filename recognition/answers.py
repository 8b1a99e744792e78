"""What the person who asked says about the candidates. A machine never names anyone; these are their words."""

from django.db import transaction

from officers import submissions, tagging
from officers.models import Face, Officer
from oversight.models import User
from recognition import identification as identifications
from recognition.models import Candidate, Identification

NAMED_ALREADY = "You have said already who this is."


class NotOffered(Exception):
    """This officer is not among the candidates that may be shown."""


def confirm(*, identification: Identification, officer_id: int, by: User | None) -> Officer:
    """ "This is the officer." The photo joins the record, tagged, and waits for a second look.

    Raises MatchingForbidden, NotOffered, and tagging.NotPossible when somebody else was named before.
    """
    return _name(identification, _offered(identification, officer_id).officer, by)


def name_by_eye(*, identification: Identification, officer_id: int, by: User | None) -> Officer:
    """ "This is the officer", found by looking through the roster: nothing was compared by a machine.

    Raises NotOffered for somebody who is not in the public roster of this department, and tagging.NotPossible.
    """
    roster = Officer.objects.public().in_department(identification.department_id)
    officer = roster.filter(pk=officer_id).first()
    if officer is None:
        raise NotOffered
    return _name(identification, officer, by)


def _name(identification: Identification, officer: Officer, by: User | None) -> Officer:
    with transaction.atomic():
        if _named(identification) not in {None, officer}:
            raise tagging.NotPossible(NAMED_ALREADY)
        submissions.refile_question(identification.photo, department=identification.department)
        tagging.tag(photo=identification.photo, officer=officer, box=identification.box, by=by)
        _answer(identification, Identification.Answer.CONFIRMED)
    return officer


def deny(*, identification: Identification, officer_id: int) -> None:
    """ "Not them." When every candidate is denied, the answer is: none of these. Raises as `confirm`."""
    denied = _offered(identification, officer_id)
    with transaction.atomic():
        if _named(identification) is not None:
            raise tagging.NotPossible(NAMED_ALREADY)
        Candidate.objects.filter(pk=denied.pk).update(is_denied=True)
        if not Candidate.objects.filter(identification=identification, is_denied=False).exists():
            _answer(identification, Identification.Answer.NONE)


def _offered(identification: Identification, officer_id: int) -> Candidate:
    """The candidate, if the gate lets it be shown now. Outside of any transaction of ours, which must not undo what
    the gate's no has deleted."""
    shown = identifications.show(identification)
    chosen = next((c for c in shown.candidates if c.officer_id == officer_id), None)
    if chosen is None:
        raise NotOffered
    return chosen


def _named(identification: Identification) -> Officer | None:
    """Lock the question. Whom the person has named already: one face is one person, and pressing twice is once."""
    held = Identification.objects.select_for_update(no_key=True).get(pk=identification.pk)
    if held.answer not in {Identification.Answer.CONFIRMED, Identification.Answer.NEW_OFFICER}:
        return None
    x, y, width, height = held.box
    face = Face.objects.filter(photo=held.photo_id, x=x, y=y, width=width, height=height).last()
    return face.officer if face else None


@transaction.atomic
def none_of_these(*, identification: Identification) -> None:
    """Changes nothing when somebody was named before."""
    if _named(identification) is not None:
        return
    Candidate.objects.filter(identification=identification).update(is_denied=True)
    _answer(identification, Identification.Answer.NONE)


@transaction.atomic
def new_officer(
    *, identification: Identification, by: User | None, first_name: str, last_name: str, badge_number: str
) -> Officer:
    """ "None of these: add this officer." Proposed, unpublished until somebody looks."""
    if (named := _named(identification)) is not None:
        return named
    submissions.refile_question(identification.photo, department=identification.department)
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
