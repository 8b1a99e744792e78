"""Jobs on photos. An id in, one call, nothing out."""

from officers import heads, submissions
from oversight import outbox


def find_heads(entry_id: str) -> None:
    outbox.run(entry_id, heads.find)


def erase(entry_id: str) -> None:
    outbox.run(entry_id, submissions.erase)
