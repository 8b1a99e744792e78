"""Jobs on imports of rosters."""

from officers.rosters import jobs
from oversight import outbox


def work(entry_id: str) -> None:
    outbox.run(entry_id, jobs.work)
