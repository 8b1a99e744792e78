"""Deletes what has outlived its time: questions and their photos after a day, templates whose permission ran out."""

from django.db import connection, transaction
from django.utils import timezone

from recognition.models import Identification


def expired() -> int:
    """Delete expired searches and templates no longer permitted. Returns how many rows went. Run by the sweeper."""
    deleted, _ = Identification.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted + _no_longer_permitted()


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
