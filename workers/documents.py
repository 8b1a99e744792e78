"""Jobs on documents."""

from officers import documents
from oversight import outbox


def read(entry_id: str) -> None:
    outbox.run(entry_id, documents.read)


def erase(entry_id: str) -> None:
    outbox.run(entry_id, documents.erase)
