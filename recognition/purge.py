"""Deletes what has outlived its time: questions and their photos after a day, templates whose permission ran out."""

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from officers.jurisdiction import read_facts
from officers.models import Face
from oversight import gate
from oversight.gate import Reason
from recognition.models import Candidate, FaceTemplate, Identification

OF_THE_SITE = {Reason.SITE_OFF, Reason.OPERATOR_PLACE, Reason.COMPUTE_PLACE}


def expired() -> int:
    """Delete expired searches and templates no longer permitted. Returns how many rows went. Run by the sweeper."""
    deleted, _ = Identification.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted + _no_longer_permitted() + _nothing_permitted_here() + of_the_hidden()


@transaction.atomic
def of_the_hidden() -> int:
    """Delete what was measured from faces that the public may not see, and searches' results that name one.

    Such a face is never searched, because the search asks the record. This deletes as well: with the hold, and again by
    the sweeper, because a face may have been on its way while the hold was set.
    """
    hidden = ~Q(face__in=Face.objects.confirmed())
    searches = Candidate.objects.filter(hidden).values("identification")
    Candidate.objects.filter(identification__in=searches).delete()
    templates = FaceTemplate.objects.filter(hidden)
    return templates.delete()[0] if templates.exists() else 0


@transaction.atomic
def _nothing_permitted_here() -> int:
    """Where the site itself may not match faces any more, it keeps no template at all."""
    if gate.refusal(read_facts()) not in OF_THE_SITE:
        return 0
    Candidate.objects.all().delete()
    deleted, _ = FaceTemplate.objects.all().delete()
    return deleted


@transaction.atomic
def wipe() -> bool:
    """Make the templates' file anew if any were deleted: no deleted template stays on the disk. Returns if it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gate_wipe()")
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _no_longer_permitted() -> int:
    """Permissions end by the calendar too, without anybody changing a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gate_purge_now()")
        return int(cursor.fetchone()[0])
