"""Jobs that ask whether police are in a photo."""

from oversight import outbox
from recognition import classification


def classify(entry_id: str) -> None:
    outbox.run(entry_id, classification.classify)
