"""Taking in legacy photos: every file of a source becomes a photo, a duplicate or a refusal with its reason, once.

First the source is listed into rows, then rows are worked off in the order of their names. A photo and its row's new
state are one transaction, so an import that was killed goes on where it was; nothing is taken in twice.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from officers import submissions
from officers.import_sources import LONGEST_KEY, Listed, Source, SourceAway
from officers.models import Department, ImportedFile, ImportSource, Photo
from oversight import audit, outbox, queues
from oversight.models import OutboxEntry
from privacy.cage import CAGES_AT_ONCE, CleanPhoto, PhotoRefused, rebuild_in_cage
from privacy.photos import MAX_BYTES

ROWS_AT_ONCE = 500
AHEAD = 2 * CAGES_AT_ONCE
"""Files that are opened while earlier ones are stored: bounds the memory."""
HEADS_PROMISED = 100
"""So many imported photos at most wait for their heads to be found: fresh ones are never far behind."""
_LOCK = 7401416
_LIST = """
    INSERT INTO officers_importedfile (source_id, key, size, etag, state, reason)
    VALUES (%s, %s, %s, %s, 'waiting', '')
    ON CONFLICT (source_id, key)
    DO UPDATE SET size = excluded.size, etag = excluded.etag, state = 'waiting', reason = ''
    WHERE (officers_importedfile.size, officers_importedfile.etag) <> (excluded.size, excluded.etag)
"""

State = ImportedFile.State


class AlreadyRunning(Exception):
    """Another process imports this source right now."""


@contextmanager
def hold(place: str, department: Department) -> Iterator[ImportSource]:
    """The source's row, for this process alone until the end or its death. Raises AlreadyRunning."""
    held, _ = ImportSource.objects.get_or_create(place=place, department=department)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, held.pk])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
        try:
            with transaction.atomic():
                audit.record(by=None, action="began an import", subject=held, actor=audit.SYSTEM)
            yield held
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, held.pk])


def list_files(
    held: ImportSource,
    source: Source,
    *,
    since: date | None = None,
    until: date | None = None,
    said: Callable[[int], None] = lambda _: None,
) -> int:
    """Note every file of the source whose last change is within the days given. Returns how many there are.

    A file that has changed since it was looked at waits again. Names that are too long for a row are left out.
    """
    wanted = (
        file
        for file in source.files()
        if len(file.key) <= LONGEST_KEY
        and "\0" not in file.key
        and (since is None or file.changed_on >= since)
        and (until is None or file.changed_on <= until)
    )
    count = 0
    while rows := [_row(held, file) for file in islice(wanted, ROWS_AT_ONCE)]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_LIST, rows)
        count += len(rows)
        said(count)
    return count


def _row(held: ImportSource, file: Listed) -> tuple[int, str, int, str]:
    return held.pk, file.key.encode("utf-8", "replace").decode(), file.size, file.etag


def take_in(held: ImportSource, source: Source, *, keep_days: bool = False) -> Iterator[ImportedFile]:
    """Work off what waits, and what could not be read last time, by name. Yields each row when it is over.

    `keep_days`: store the day each photo was taken, where the camera wrote it down.
    """
    ImportedFile.objects.filter(source=held, state=State.FAILED).update(state=State.WAITING, reason="")
    with ThreadPoolExecutor(CAGES_AT_ONCE) as cages:
        opened: deque[tuple[ImportedFile, Future[CleanPhoto]]] = deque()
        for file in _waiting(held):
            opened.append((file, cages.submit(_open, source, file)))
            if len(opened) > AHEAD:
                yield _finish(held, *opened.popleft(), keep_days=keep_days)
        while opened:
            yield _finish(held, *opened.popleft(), keep_days=keep_days)
    ImportSource.objects.filter(pk=held.pk).update(is_finished=True)


def _waiting(held: ImportSource) -> Iterator[ImportedFile]:
    after = ""
    while True:
        waiting = ImportedFile.objects.filter(source=held, state=State.WAITING, key__gt=after).order_by("key")
        rows = list(waiting[:ROWS_AT_ONCE])
        if not rows:
            return
        yield from rows
        after = rows[-1].key


def _open(source: Source, file: ImportedFile) -> CleanPhoto:
    """In a thread: no database here. Raises PhotoRefused and SourceAway."""
    if file.size > MAX_BYTES:
        raise PhotoRefused("too_large")
    return rebuild_in_cage(source.read(file.key))


def _finish(
    held: ImportSource, file: ImportedFile, opened: Future[CleanPhoto], *, keep_days: bool
) -> ImportedFile:
    try:
        clean = opened.result()
        submissions.take_in(
            clean,
            department=held.department,
            note=partial(_note, file),
            taken_on=clean.taken_on if keep_days else None,
        )
    except PhotoRefused as refused:
        _note(file, None, False, state=State.REFUSED, reason=refused.code)
    except SourceAway:
        _note(file, None, False, state=State.FAILED, reason="source_away")
    return file


def _note(
    file: ImportedFile, photo: Photo | None, is_new: bool, *, state: str = "", reason: str = ""
) -> None:
    file.state = state or (State.STORED if is_new else State.DUPLICATE)
    file.photo, file.reason = photo, reason
    file.save(update_fields=["state", "photo", "reason"])


def counts(held: ImportSource) -> dict[str, int]:
    """How many files are in each state; states that nobody is in are nought."""
    found = dict(held.files.values_list("state").annotate(count=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in State}


def without_heads() -> QuerySet[Photo]:
    """Imported photos whose heads nobody has looked for, unless that was given up."""
    given_up = OutboxEntry.objects.filter(job=submissions.FIND_HEADS, state=OutboxEntry.State.DEAD)
    return (
        Photo.objects.kept()
        .filter(
            Exists(ImportedFile.objects.filter(photo=OuterRef("pk"), state=State.STORED)), heads_found_at=None
        )
        .exclude(pk__in=list(given_up.values_list("subject", flat=True)))
    )


def promise_heads() -> int:
    """Let the heads of a few more imported photos be found, behind everything fresh. Returns how many. Upkeep."""
    waiting = OutboxEntry.objects.filter(
        job=submissions.FIND_HEADS, queue=queues.BULK, state=OutboxEntry.State.WAITING
    ).count()
    if waiting >= HEADS_PROMISED // 2:
        return 0
    photos = list(without_heads().order_by("pk").values_list("pk", flat=True)[:HEADS_PROMISED])
    with transaction.atomic():
        for pk in photos:
            outbox.promise(job=submissions.FIND_HEADS, subject=str(pk), queue=queues.BULK)
    return len(photos)
