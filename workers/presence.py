"""Jobs that ask whether police are in a photo."""

from oversight import outbox
from recognition import bulk_work, classification


def classify(entry_id: str) -> None:
    outbox.run(entry_id, classification.classify)


def classify_many(entry_id: str) -> None:
    outbox.run(entry_id, bulk_work.work)
