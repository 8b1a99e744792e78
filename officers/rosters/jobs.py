"""An import's work in the background, as promised work: reading, comparing, loading, undoing, one thing a job.

Progress lies in the cache, because what a transaction writes is seen by nobody before its end.
"""

from typing import Any

from django.core.cache import cache
from django.db import transaction

from officers.models import RosterImport
from officers.problems import NotPossible
from officers.rosters import acts
from officers.rosters.reading import UnreadableFile
from oversight import outbox, queues
from oversight.models import User
from oversight.outbox import Claim, GiveUp, MoreToDo

WORK = "workers.rosters.work"
State = RosterImport.State
KEEP_PROGRESS = 3600


@transaction.atomic
def ask(held: RosterImport, state: State, by: User, *, leave_later_work: bool = False) -> None:
    """Promise the next step. Whoever asked for it is who does it. What was read already is not read again."""
    is_read, held.state = held.state == State.CHECKED, state
    held.options = {**held.options, "asked_by": by.pk, "leave_later_work": leave_later_work}
    if state == State.CHECKING:
        held.summary = {"rows": 0} if is_read else {}
    held.save(update_fields=["state", "options", "summary"])
    outbox.promise(job=WORK, subject=str(held.pk), queue=queues.PHOTOS)


def progress(held: RosterImport) -> dict[str, Any]:
    """A sentence, and how many rows are done where that is known."""
    found: dict[str, Any] = cache.get(_name(held), {"sentence": "Waiting for its turn."})
    return found


def _name(held: RosterImport) -> str:
    return f"roster-{held.pk}"


def _say(held: RosterImport, sentence: str, rows: int) -> None:
    told = f"{sentence}: {rows:,} so far." if rows else f"{sentence}."
    cache.set(_name(held), {"sentence": told}, KEEP_PROGRESS)


def work(claim: Claim) -> None:
    """Do what the import's state says. What goes wrong in the file is said on its page."""
    held = RosterImport.objects.select_related("department").filter(pk=int(claim.subject)).first()
    if held is None:
        raise GiveUp("roster_is_gone")
    by = User.objects.filter(pk=held.options.get("asked_by")).first()
    if by is None or not by.is_active:
        raise GiveUp("nobody_asks")
    try:
        with transaction.atomic():
            claim.hold()
            is_over = _step(held, by)
            if is_over:
                claim.settle()
    except (UnreadableFile, NotPossible) as problem:
        _note(claim, held, str(problem))
        return
    if not is_over:
        raise MoreToDo


def _step(held: RosterImport, by: User) -> bool:
    """One step; is that all?"""

    def said(sentence: str, rows: int) -> None:
        _say(held, sentence, rows)

    if held.state == State.CHECKING and "rows" not in held.summary:
        held.summary = {"rows": acts.read_rows(held, said)}
        held.save(update_fields=["summary"])
        return False
    if held.state == State.CHECKING:
        acts.compare(held, said, afresh=True)
    elif held.state == State.LOADING:
        _say(held, "Writing everything into the record", 0)
        acts.load(held=held, by=by)
    elif held.state == State.UNDOING:
        _say(held, "Taking everything back", 0)
        leave = bool(held.options.get("leave_later_work"))
        acts.undo(held=held, by=by, leave_later_work=leave)
    return True


@transaction.atomic
def _note(claim: Claim, held: RosterImport, problem: str) -> None:
    """Where it was before, with what went wrong."""
    back = {State.CHECKING: State.FAILED, State.LOADING: State.CHECKED, State.UNDOING: State.LOADED}
    state = back.get(State(held.state), State.FAILED)
    RosterImport.objects.filter(pk=held.pk).update(state=state, problem=problem[:500])
    claim.settle()
