"""A document is private until somebody has read it, is read once, and leaves nothing behind when it is gone."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.utils import timezone

from officers import documents, history, records
from officers.models import Document, RecordChange
from officers.problems import NotPossible
from oversight import storage
from oversight.models import AuditEvent, OutboxEntry, User
from privacy.pdfs import PdfRefused
from tests import factories, pdf_samples
from tests.officers.document_rows import WORDS, published, read, sent, work

pytestmark = pytest.mark.django_db
DEAD, DONE, WAITING = OutboxEntry.State.DEAD, OutboxEntry.State.DONE, OutboxEntry.State.WAITING


def admin() -> User:
    return factories.user(User.Role.ADMIN)


def files(document: Document) -> set[str]:
    try:
        return set(storages["private"].listdir(document.folder)[1])
    except FileNotFoundError:
        return set()


def test_a_document_is_read_in_the_background_and_nobody_sees_it_before_a_yes() -> None:
    where = factories.department()
    document = sent(where)
    assert (document.review_state, document.text, files(document)) == ("waiting", "", {"sent.pdf"})
    assert documents.is_being_read(document)
    version = document.version
    work()
    document.refresh_from_db()
    assert tuple(document.texts) == WORDS
    assert (document.pages, document.pages_read, document.trouble) == (2, 2, "")
    assert files(document) == {"sent.pdf", "pages.pdf"}
    assert document.version == version  # a program's reading is no change that an editor must be told of
    assert not Document.objects.public().exists()
    keeper = admin()
    documents.publish(document=document, seen=version, by=keeper)
    assert Document.objects.public().get() == document
    documents.refuse(document=document, seen=version + 1, by=keeper, why="An address on page 2")
    assert not Document.objects.public().exists()
    said = AuditEvent.objects.filter(subject="document", subject_id=str(document.pk)).order_by("pk")
    assert [event.action for event in said] == ["published a document", "withdrew a document"]


def test_the_history_knows_who_decided_and_takes_it_back() -> None:
    document, keeper = published(factories.department()), admin()
    documents.refuse(document=document, seen=document.version, by=keeper, why="An address on page 2")
    last = RecordChange.objects.filter(record="officers_document", row_id=document.pk).latest("pk")
    assert (last.actor, last.why) == (keeper.username, "An address on page 2")
    lines = {line.field: (line.before, line.after) for line in history.readable([last])[0].lines}
    assert lines["Review state"] == ("Public", "Not to be published")
    records.take_back(last.act, by=keeper)
    assert Document.objects.public().exists()


def test_a_decision_takes_a_reader_a_reason_and_the_document_as_it_is() -> None:
    where = factories.department()
    document, keeper = sent(where), admin()
    with pytest.raises(NotPossible, match="before it was read"):
        documents.publish(document=document, seen=document.version, by=keeper)
    work()
    with pytest.raises(NotPossible, match="Say why"):
        documents.refuse(document=document, seen=document.version, by=keeper, why="  ")
    with pytest.raises(PermissionDenied):
        documents.publish(document=document, seen=document.version, by=factories.user())
    Document.objects.filter(pk=document.pk).update(title="Another title")
    with pytest.raises(records.ChangedMeanwhile):
        documents.publish(document=document, seen=document.version, by=keeper)
    assert not Document.objects.public().exists()


def test_the_same_file_is_one_document_of_a_department() -> None:
    where, data = factories.department(), pdf_samples.pdf("x")
    first = sent(where, data)
    again = documents.receive(data=data, title="Other", department=where, by=factories.user())
    assert (again.document, again.is_new) == (first, False)
    assert sent(factories.department(), data).pk != first.pk


def test_what_is_no_pdf_is_never_stored() -> None:
    where = factories.department()
    with pytest.raises(PdfRefused):
        sent(where, factories.plain_picture())
    assert not Document.objects.exists()
    assert not OutboxEntry.objects.filter(job=documents.ERASE).exists()


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (pdf_samples.locked("secret"), "encrypted"),
        (b"%PDF-1.7\nnothing\n%%EOF", "broken"),
        (pdf_samples.circular(), "broken"),
    ],
    ids=["locked", "nothing", "circular"],
)
def test_what_cannot_be_read_is_parked_with_a_reason(data: bytes, trouble: str) -> None:
    document = read(factories.department(), data)
    assert (document.trouble, document.copy_size, document.text_read_at) == (trouble, None, None)
    assert document.trouble_words.endswith(".")
    assert OutboxEntry.objects.get(job=documents.READ).state == DONE
    assert documents.promise_missing() == 0  # not before somebody asks
    with pytest.raises(NotPossible):
        documents.publish(document=document, seen=document.version, by=admin())
    documents.read_again(document=document, by=admin())
    assert OutboxEntry.objects.filter(job=documents.READ, state=WAITING).count() == 1


def test_a_scan_without_words_can_be_published_by_whoever_looked_at_it() -> None:
    document = read(factories.department(), pdf_samples.scanned())
    assert (document.pages, document.texts, document.trouble) == (1, [""], "")
    documents.publish(document=document, seen=document.version, by=admin())


def test_a_file_that_is_gone_and_a_document_that_is_gone() -> None:
    document = sent(factories.department())
    storage.delete(document.key)
    work()
    document.refresh_from_db()
    assert document.trouble == "gone"
    other = sent(factories.department())
    records.delete(other, by=admin())
    work()
    assert not OutboxEntry.objects.filter(job=documents.READ, state=WAITING).exists()
    assert not OutboxEntry.objects.filter(state=DEAD).exists()


def test_files_are_erased_a_week_after_the_document_unless_it_came_back() -> None:
    document, keeper = published(factories.department()), admin()
    number = document.pk
    act = records.delete(document, by=keeper)
    promised = OutboxEntry.objects.get(job=documents.ERASE, state=WAITING)
    assert promised.due_at - timezone.now() > timedelta(days=6)
    records.take_back(act, by=keeper)
    OutboxEntry.objects.filter(pk=promised.pk).update(due_at=timezone.now())
    work(documents.ERASE)
    assert files(document) == {"sent.pdf", "pages.pdf"}
    document = Document.objects.get(pk=number)
    assert (document.text, document.review_state) == ("", "approved")  # the history has no texts
    assert documents.promise_missing() == 1
    work()
    document.refresh_from_db()
    assert tuple(document.texts) == WORDS
    records.delete(document, by=keeper)
    OutboxEntry.objects.filter(job=documents.ERASE, state=WAITING).update(due_at=timezone.now())
    work(documents.ERASE)
    assert files(document) == set()


def test_more_words_than_can_be_indexed_are_kept_as_far_as_they_can(monkeypatch: Any) -> None:
    words = random.Random(4)  # noqa: S311 - words, not secrets
    texts = tuple(
        " ".join("-".join(f"{words.getrandbits(36):07x}" for _ in range(2)) for _ in range(2000))
        for _ in range(14)
    )
    monkeypatch.setattr(documents.pdfs, "text_of", lambda _: documents.PdfText(14, texts, False))
    document = read(factories.department())
    assert 0 < (document.pages_read or 0) < 14 == document.pages
    assert document.trouble == ""
