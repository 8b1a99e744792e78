"""Jobs that measure faces, each through the gate."""

from oversight import outbox
from recognition import gallery, identification, telling


def identify(entry_id: str) -> None:
    outbox.run(entry_id, identification.run)


def tell(entry_id: str) -> None:
    outbox.run(entry_id, telling.tell)


def enrol(entry_id: str) -> None:
    outbox.run(entry_id, gallery.enrol)
