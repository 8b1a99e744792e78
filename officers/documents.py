"""Documents: taken in privately, read in the background, looked at by somebody, and only then for everybody.

What was sent is kept as it came for those who keep the department. Everybody else only ever gets the copy that a
worker made of its pages (privacy/pdfs.py), after a coordinator has read it. A row without its file cannot exist: the
file is written first, and erased a week after the row is gone.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from officers import records, rules
from officers.models import Department, Document
from officers.problems import NotPossible
from oversight import audit, outbox, queues, storage
from oversight.acting import changing
from oversight.models import User
from privacy import pdfs
from privacy.pdfs import PdfRefused, PdfText

READ = "workers.documents.read"
ERASE = "workers.documents.erase"
LOOK_FOR_ROW_AFTER = timedelta(minutes=15)
LEAST_TEXT = 50_000
MOST_PROMISED_AT_ONCE = 50
State = Document.ReviewState

NOT_READ = "Nobody can publish it before it was read."
CHANGED = "Somebody has decided about it meanwhile. Look at it as it is now."
SAY_WHY = "Say why, in a few words: whoever sent it may send a better copy."


@dataclass(frozen=True, slots=True)
class Received:
    """`is_new` is for those who keep the department: a stranger must not learn what is held already."""

    document: Document
    is_new: bool


def receive(
    *,
    data: bytes,
    title: str,
    department: Department,
    by: User,
    description: str = "",
    about: Mapping[str, Any] | None = None,
) -> Received:
    """Take one PDF in, to be read and looked at. `about`: records by the name of what connects them ("officers").

    Raises PdfRefused with a sentence for the sender when it is plainly no PDF, and PermissionDenied.
    """
    rules.demand(by, "send a document")
    pdfs.glance(data)
    digest = hashlib.sha256(data).hexdigest()
    held = Document.objects.filter(department=department, sha256=digest).first()
    if held is not None:
        return Received(held, is_new=False)
    made = Document(
        file=uuid.uuid4(),
        sha256=digest,
        size=len(data),
        title=title,
        description=description,
        department=department,
    )
    with transaction.atomic():
        due_at = timezone.now() + LOOK_FOR_ROW_AFTER
        outbox.promise(job=ERASE, subject=made.file.hex, queue=queues.BULK, due_at=due_at)
    storage.write(made.key, data)
    with changing(by=by, why="Sent as a file"):
        made.save(force_insert=True)
        for name, found in (about or {}).items():
            getattr(made, name).set(found)
        outbox.unpromise(job=ERASE, subject=made.file.hex)
        _promise_reading(made)
    return Received(made, is_new=True)


def _promise_reading(document: Document) -> None:
    outbox.promise(job=READ, subject=str(document.pk), queue=queues.PHOTOS)


def read(claim: outbox.Claim) -> None:
    """The job: copy the pages of a document and read their text, or note why that cannot be done. Once: what cannot be
    read today is read again only when somebody asks for it."""
    document = Document.objects.defer("text").filter(pk=int(claim.subject)).first()
    if document is None:
        with transaction.atomic():
            claim.settle()
        return
    try:
        copy = pdfs.rewritten(storage.read(document.key))
        text = pdfs.text_of(copy)
    except PdfRefused as refusal:
        _park(claim, document, refusal.code)
    except FileNotFoundError:
        _park(claim, document, "gone")
    else:
        storage.write(document.copy_key, copy)
        _keep(claim, document, len(copy), text)


@transaction.atomic
def _park(claim: outbox.Claim, document: Document, code: str) -> None:
    known = code if code in pdfs.AFTER_A_GLANCE else "broken"
    Document.objects.filter(pk=document.pk).update(trouble=known, copy_size=None)
    claim.settle()


@transaction.atomic
def _keep(claim: outbox.Claim, document: Document, copy_size: int, text: PdfText) -> None:
    facts = {
        "copy_size": copy_size,
        "pages": text.pages,
        "is_drawn_over": text.is_drawn_over,
        "trouble": "",
        "text_read_at": timezone.now(),
    }
    room = len(pdfs.PAGE_END.join(text.texts))
    while True:
        texts = _first(text.texts, room)
        try:
            with transaction.atomic():
                kept = Document.objects.filter(pk=document.pk)
                kept.update(text=pdfs.PAGE_END.join(texts), pages_read=len(texts), **facts)
            break
        except DatabaseError:  # more different words than the database's index of one text can hold
            if room <= LEAST_TEXT:
                raise
            room //= 2
    claim.settle()


def _first(texts: tuple[str, ...], room: int) -> list[str]:
    """Whole pages, as many as there is room for."""
    kept: list[str] = []
    for text in texts:
        room -= len(text) + 1
        if room < -1 and kept:
            break
        kept.append(text)
    return kept


def is_being_read(document: Document) -> bool:
    return outbox.is_waiting(READ, str(document.pk))


def read_again(*, document: Document, by: User) -> None:
    """Try once more what could not be read. Raises PermissionDenied."""
    rules.demand(by, "edit", document)
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(trouble="")
        _promise_reading(document)


def promise_missing() -> int:
    """Have read what nobody reads: documents that came back after they were deleted. Returns how many. Upkeep."""
    busy = [*outbox.waiting_subjects(READ), *outbox.given_up_subjects(READ)]
    missing = Document.objects.filter(text_read_at=None, trouble="").exclude(pk__in=map(int, busy))
    found = list(missing.only("pk").order_by("pk")[:MOST_PROMISED_AT_ONCE])
    for document in found:
        with transaction.atomic():
            _promise_reading(document)
    return len(found)


def erase(claim: outbox.Claim) -> None:
    """The job: delete the files whose name is `claim.subject`, unless a document of the record has them."""
    files = Document(file=uuid.UUID(claim.subject))
    if not Document.objects.filter(file=files.file).exists():
        storage.delete_prefix(files.folder)
    with transaction.atomic():
        claim.settle()


def publish(*, document: Document, seen: int, by: User, why: str = "") -> None:
    """Show it to everybody, as somebody saw it in version `seen`. Raises NotPossible, records.ChangedMeanwhile."""
    with changing(by=by, why=why):
        held = _held(document, seen, by)
        if held.review_state != State.WAITING:
            raise NotPossible(CHANGED)
        if held.text_read_at is None or held.copy_size is None or held.trouble:
            raise NotPossible(NOT_READ)
        _decide(held, State.APPROVED, by=by, why=why, action="published a document")


def refuse(*, document: Document, seen: int, by: User, why: str) -> None:
    """Do not show it, or no longer. Raises NotPossible, records.ChangedMeanwhile."""
    if not why.strip():
        raise NotPossible(SAY_WHY)
    with changing(by=by, why=why):
        held = _held(document, seen, by)
        was_public = held.review_state == State.APPROVED
        action = "withdrew a document" if was_public else "refused to publish a document"
        _decide(held, State.REFUSED, by=by, why=why, action=action)


def reconsider(*, document: Document, seen: int, by: User, why: str = "") -> None:
    """Put a decided one back among those that wait for a look. Raises NotPossible, records.ChangedMeanwhile."""
    with changing(by=by, why=why):
        _decide(_held(document, seen, by), State.WAITING, by=by, why=why, action="reconsidered a document")


def _held(document: Document, seen: int, by: User) -> Document:
    rules.demand(by, "publish", document)
    held: Document = records.lock(document, seen=seen)
    return held


def _decide(held: Document, state: str, *, by: User, why: str, action: str) -> None:
    Document.objects.filter(pk=held.pk).update(
        review_state=state, reviewed_by=by, reviewed_at=timezone.now(), review_note=why[:300]
    )
    audit.record(by=by, action=action, subject=held)
