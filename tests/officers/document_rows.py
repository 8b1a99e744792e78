"""Documents for the tests: sent as a volunteer sends them, read as a worker reads them."""

from typing import Any

from officers import documents
from officers.models import Department, Document
from oversight import outbox
from oversight.models import OutboxEntry
from tests import factories
from tests.officers.world import World
from tests.pdf_samples import pdf

WORDS = ("Use of force policy\nNeck restraints are forbidden.", "Page two: report every use.")


def sent(where: Department, data: bytes | None = None, **fields: Any) -> Document:
    data = data or pdf(*WORDS)
    fields = {"title": "Use of force policy", "by": factories.user(), **fields}
    return documents.receive(data=data, department=where, **fields).document


def work(job: str = documents.READ) -> None:
    """Do what is promised, as a worker does."""
    does = {documents.READ: documents.read, documents.ERASE: documents.erase}[job]
    for entry in OutboxEntry.objects.filter(job=job, state=OutboxEntry.State.WAITING):
        outbox.run(str(entry.pk), does)


def read(where: Department, data: bytes | None = None, **fields: Any) -> Document:
    made = sent(where, data, **fields)
    work()
    made.refresh_from_db()
    return made


def published(where: Department, data: bytes | None = None, **fields: Any) -> Document:
    made, keeper = read(where, data, **fields), factories.user(role="admin")
    documents.publish(document=made, seen=made.version, by=keeper)
    made.refresh_from_db()
    return made


def stored_of(world: World) -> Document:
    """A public document about the officer of the world, with a copy, without the time that a real reading takes."""
    return _kept(world, "public", review_state="approved", reviewed_at="2024-01-01T00:00Z")


def waiting_of(world: World) -> Document:
    return _kept(world, "waiting")


def _kept(world: World, title: str, **fields: Any) -> Document:
    from oversight import storage

    held = Document.objects.filter(title=title, department=world.a).first()
    if held is not None:
        return held
    made = Document.objects.create(
        department=world.a, title=title, sha256=(title[0] * 64).translate(str.maketrans("pw", "ab")), size=9,
        copy_size=9, text="Words of it", pages=1, pages_read=1, text_read_at="2024-01-01T00:00Z", **fields,
    )  # fmt: skip
    made.officers.add(world.officer)
    for key in (made.key, made.copy_key):
        storage.write(key, b"%PDF-1.7\n")
    return made
