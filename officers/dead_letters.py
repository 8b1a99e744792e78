"""Work that was given up, in plain words: what it was, why it did not go, and what trying again would do."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, QuerySet

from oversight import audit, outbox
from oversight.models import OutboxEntry, User

MOST_AT_ONCE = 500  # of one kind, with one press: the queue takes that many hints at a time

JOBS = {
    "workers.photos.find_heads": "Find the heads in a photo",
    "workers.photos.erase": "Erase the pixels of a deleted photo",
    "workers.photos.render": "Cover the heads of a photo for publishing",
    "workers.photos.find_covers": "Find what to cover in a photo",
    "workers.photos.erase_rendition": "Erase copies of a photo that are not shown any more",
    "workers.rosters.work": "Check, load or undo a roster",
    "workers.presence.classify": "Look for police in a photo",
    "workers.presence.classify_many": "Look for police in older photos",
    "workers.faces.identify": "Answer who an officer is",
    "workers.faces.enrol": "Prepare a department’s officers for matching",
    "workers.faces.tell": "Tell somebody that their answer is there",
}
WHY = {
    outbox.CRASHES: "It stopped its worker again and again, so it is parked: perhaps the photo is made to do that.",
    "JobTimeoutException": "It took longer than a job may.",
    "OperationalError": "The database did not answer.",
    "InterfaceError": "The database did not answer.",
    "FileNotFoundError": "The photo’s pixels are not in the storage any more.",
    "OSError": "The storage did not answer, or is full.",
    "PermissionError": "The storage does not let us in.",
    "ClientError": "The storage or the service refused what was asked.",
    "EndpointConnectionError": "The storage or the service could not be reached.",
    "ConnectionError": "Something it needs could not be reached.",
    "MemoryError": "It needed more memory than it may have.",
    "model_unavailable": "The service that looks for police was away.",
    "mail_away": "The mail server was away.",
    "nobody_asks": "Nobody waits for it any more.",
    "nothing_to_do": "There was nothing left to do.",
}
UNKNOWN = "Something in the program went wrong. The log of the worker says more, under this word."


@dataclass(frozen=True, slots=True)
class Kind:
    """Given-up work of one job with one last error. `is_poison`: it took its worker down."""

    job: str
    error: str
    count: int
    latest: datetime

    @property
    def words(self) -> str:
        return JOBS.get(self.job, self.job)

    @property
    def why(self) -> str:
        return WHY.get(self.error, UNKNOWN)

    @property
    def is_poison(self) -> bool:
        return self.error == outbox.CRASHES


def kinds() -> list[Kind]:
    """Most of them first."""
    grouped = outbox.given_up().values("job", "last_error")
    counted = grouped.annotate(count=Count("pk"), latest=Max("settled_at")).order_by(
        "-count", "job", "last_error"
    )
    return [Kind(row["job"], row["last_error"], row["count"], row["latest"]) for row in counted]


def of_kind(job: str, error: str) -> QuerySet[OutboxEntry]:
    return outbox.given_up().filter(job=job, last_error=error)


@transaction.atomic
def try_again(entry: OutboxEntry, *, by: User) -> None:
    """Promise it anew. It passes every check afresh, the legal gate with them."""
    outbox.replay(entry)
    audit.record(by=by, action="retried given-up work", subject=entry, job=entry.job)


@transaction.atomic
def try_all_again(*, job: str, error: str, by: User) -> int:
    """All of one kind, at most MOST_AT_ONCE, and one row of the audit log. Returns how many."""
    entries = list(of_kind(job, error).order_by("settled_at")[:MOST_AT_ONCE])
    for entry in entries:
        outbox.replay(entry)
    if entries:
        audit.record(by=by, action="retried given-up work", subject=entries[0], job=job, count=len(entries))
    return len(entries)
