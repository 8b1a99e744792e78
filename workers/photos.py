"""Jobs on photos. An id in, one call, nothing out."""

from officers import heads, rendering, submissions
from oversight import outbox


def find_heads(entry_id: str) -> None:
    outbox.run(entry_id, heads.find)


def erase(entry_id: str) -> None:
    outbox.run(entry_id, submissions.erase)


def find_covers(entry_id: str) -> None:
    outbox.run(entry_id, rendering.find_covers)


def render(entry_id: str) -> None:
    outbox.run(entry_id, rendering.render)


def erase_rendition(entry_id: str) -> None:
    outbox.run(entry_id, rendering.erase)
