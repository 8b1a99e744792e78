"""One append-only row for every act that somebody may one day have to answer for.

`record` writes inside the caller's transaction: when the row cannot be written, the act is undone.
Never put a submitter's address, a name of a person in a photo, or anything measured from a face into `facts`.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from oversight.models import AuditEvent, User

SYSTEM = "system"
VISITOR = "visitor"


def record(*, by: User | None, action: str, subject: models.Model, **facts: Any) -> None:
    """Write who did `action` to `subject`. `by=None` is an anonymous visitor or the system itself.

    Must run inside a transaction, the act's own; raises RuntimeError otherwise.
    """
    connection.validate_no_broken_transaction()
    if not connection.in_atomic_block:
        raise RuntimeError("An audit row belongs into the same transaction as the act.")
    AuditEvent.objects.create(
        actor_id=by.pk if by else None,
        actor=by.username if by else facts.pop("actor", VISITOR),
        action=action,
        subject=subject._meta.model_name or "",
        subject_id=str(subject.pk),
        facts=facts,
    )


def seal() -> int:
    """Chain the rows that are not chained yet. Returns how many. Run by the sweeper."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seal_audit()")
        (count,) = cursor.fetchone()
    return int(count)


def first_broken_link() -> int | None:
    """Recompute the chain. Returns the id of the first row that was changed, or None when all is well."""
    previous, expected_place = b"", 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, place_in_chain, chain_hash, audit_row_text(e) FROM oversight_auditevent e"
            " WHERE place_in_chain IS NOT NULL ORDER BY place_in_chain"
        )
        for pk, place, chain_hash, text in cursor:
            previous = hashlib.sha256(previous + text.encode()).digest()
            if place != expected_place or chain_hash is None or bytes(chain_hash) != previous:
                return int(pk)
            expected_place += 1
    return None


@dataclass(frozen=True, slots=True)
class End:
    """The last sealed row's place in the chain and hash: noted elsewhere, it shows later that nothing was cut off."""

    place: int
    hash: str

    def __str__(self) -> str:
        return f"{self.place}:{self.hash}"


def end_of_chain() -> End | None:
    """None while nothing is sealed."""
    last = AuditEvent.objects.exclude(place_in_chain=None).order_by("-place_in_chain").first()
    return _end(last) if last else None


def still_holds(noted: str) -> bool:
    """Is an end of the chain that somebody noted ("place:hash") still in it? Raises ValueError for another shape."""
    place, _, wanted = noted.strip().partition(":")
    held = AuditEvent.objects.filter(place_in_chain=int(place)).first()
    return held is not None and _end(held).hash == wanted


def _end(event: AuditEvent) -> End:
    return End(event.place_in_chain or 0, bytes(event.chain_hash or b"").hex())


def as_line(event: AuditEvent) -> str:
    """One event as a line of JSON, for a printed or exported log."""
    return json.dumps(
        {
            "at": event.at.isoformat(),
            "actor": event.actor,
            "action": event.action,
            "subject": f"{event.subject}:{event.subject_id}",
            "facts": event.facts,
            "place": event.place_in_chain,
            "hash": bytes(event.chain_hash).hex() if event.chain_hash else None,
        }
    )
