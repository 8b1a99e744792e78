"""The life of an import: sent, looked at, checked, loaded, undone. Only those who keep the department may do any of it.

Options: `month_first` (07-12-2019 is 12 July), `missing` ("leave" or "end": what becomes of officers at work who are in
no row) with `ended_on`, `pay_year` (of pay that comes without a year), `publish` (incidents, complaints and lawsuits
are public at once instead of drafts).
"""

from collections.abc import Callable, Iterable
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from officers import later_work
from officers import undo as history
from officers.holds import wait_for_the_gate
from officers.models import Department, RosterColumns, RosterDecision, RosterImport
from officers.problems import NotPossible
from officers.querysets import keeps
from officers.rosters import comparing, files, leaving_words, loading, matching, people, staging
from officers.rosters.formats import GUESSED, Mapped, header_mark, recognise
from officers.rosters.reading import UnreadableFile, tables
from officers.rosters.statements import ROWS, Statements
from oversight import audit
from oversight.acting import changing, sign_as_program
from oversight.models import User

State = RosterImport.State
Said = Callable[[str, int], None]
MANY = 100
CHANGED_MEANWHILE = (
    "The record has changed since this was checked. Check it again, and look at what would change."
)
WITH_ERRORS = "There are rows with errors. Mend the file, and send it again: nothing was loaded."
WITH_DOUBTS = "Say first who the doubtful rows are."
REFUSED = "The record refuses it, so nothing was loaded: {reason}."


def _quiet(_step: str, _count: int) -> None: ...


def _refuse_strangers(by: User | None, department: Department) -> None:
    """`by=None` is somebody at the server itself. Raises PermissionDenied."""
    if by is not None and not keeps(by, department):
        raise PermissionDenied


def begin(
    *,
    department: Department,
    source: str,
    uploads: Iterable[tuple[IO[bytes], str]],
    by: User | None,
    options: dict[str, Any] | None = None,
) -> RosterImport:
    """Keep the files and look at their headers. Raises UnreadableFile, files.TooLarge, PermissionDenied."""
    _refuse_strangers(by, department)
    held = RosterImport(department=department, source=source.strip(), started_by=by, options=options or {})
    kept: list[dict[str, object]] = []
    try:
        for stream, name in uploads:
            held.tables += [table.as_dict() for table in _look(held, stream, name, len(kept))]
            kept.append(files.keep(stream, name))
        if not held.tables:
            raise UnreadableFile("There is no table in the file: its first row must name the columns.")
    except Exception:
        held.files = kept
        files.drop(held)
        raise
    held.files = kept
    with transaction.atomic():
        held.save()
        facts = {} if by else {"actor": audit.SYSTEM}
        audit.record(by=by, action="sent a roster", subject=held, department=department.pk, **facts)
    return held


def _look(held: RosterImport, stream: IO[bytes], name: str, number: int) -> Iterable[Mapped]:
    stream.seek(0)
    remembered = {
        each.header: each
        for each in RosterColumns.objects.filter(department=held.department, source=held.source)
    }
    for table in tables(stream, name):
        mapped = recognise(table.name, table.header, file=number)
        known = remembered.get(header_mark(table.header))
        if known is not None and mapped.format == GUESSED and len(known.columns) == len(table.header):
            mapped.sheet, mapped.columns = known.sheet, known.columns
        mapped.said += table.said
        yield mapped
        for _ in table.rows:  # the next table of the file begins after the last row of this one
            pass


def map_columns(*, held: RosterImport, tables_as: list[tuple[str, list[str]]], by: User) -> None:
    """What a person says each table and column is. Remembered for the source. Raises PermissionDenied."""
    _refuse_strangers(by, held.department)
    for each, (sheet, columns) in zip(held.tables, tables_as, strict=True):
        if each["format"] == GUESSED:
            each["sheet"], each["columns"] = sheet, columns
            RosterColumns.objects.update_or_create(
                department=held.department,
                source=held.source,
                header=header_mark(each["header"]),
                defaults={"sheet": sheet, "columns": columns},
            )
    held.save(update_fields=["tables"])


def read_rows(held: RosterImport, said: Said = _quiet) -> int:
    """First half of a check: the files' rows, understood. Returns how many. Raises UnreadableFile."""
    with transaction.atomic():
        return staging.stage(held, lambda count: said("Reading the rows", count))


def compare(held: RosterImport, said: Said = _quiet, *, afresh: bool = False) -> None:
    """Second half: every row beside the record. `afresh`: after decisions, without reading the files again."""
    with transaction.atomic():
        say = Statements(held)
        if afresh:
            say.run(f"DELETE FROM {ROWS} WHERE roster_id = %(roster)s AND matched_by = 'missing'")
        matching.match(say, afresh=afresh, done=lambda sheet: said(f"Comparing {sheet.replace('_', ' ')}", 0))
        comparing.compare(say)
        held.summary = comparing.summary(say) | {"checked_at": timezone.now().isoformat()}
        held.state, held.problem = State.CHECKED, ""
        held.save(update_fields=["summary", "state", "problem"])


def decide(*, held: RosterImport, row: int, officer: int | None, by: User | None) -> None:
    """Say who a doubtful row is: one of its candidates, or (None) nobody who is in the record yet."""
    _refuse_strangers(by, held.department)
    found = held.rows.filter(pk=row, sheet="officers").first()
    if found is None or (officer is not None and officer not in found.candidates):
        raise NotPossible("That is none of the officers it could be.")
    [(who,)] = Statements(held).ask(f"SELECT {people.WHO} FROM {ROWS} r WHERE r.id = %(row)s", row=row)
    RosterDecision.objects.update_or_create(
        department=held.department,
        source=held.source,
        who=who,
        defaults={"officer_id": officer, "decided_by": by},
    )


def count(held: RosterImport, verdict: str) -> int:
    """How many rows of all sheets were found to be this."""
    sheets = held.summary.get("sheets", {})
    return sum(int(each.get(verdict, 0)) for each in sheets.values())


def load(*, held: RosterImport, by: User | None) -> None:
    """Write it all, or nothing. Raises NotPossible in words, and PermissionDenied."""
    _refuse_strangers(by, held.department)
    why = f"Roster from {held.source}"
    try:
        with changing(by=by, why=why) as act:
            if by is None:
                sign_as_program()
            wait_for_the_gate()
            RosterImport.objects.select_for_update().get(pk=held.pk)
            say = Statements(held)
            _refuse_if_not_ready(held, say)
            loading.load(say)
            connection.check_constraints()
            if count(held, "new") > MANY:
                loading.tell_planner(say)
            _note_loaded(held, act, by)
    except IntegrityError as refused:
        constraint = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", "") or "a rule"
        raise NotPossible(REFUSED.format(reason=constraint.replace("_", " "))) from refused
    files.forget(held)


def _refuse_if_not_ready(held: RosterImport, say: Statements) -> None:
    if count(held, "wrong"):
        raise NotPossible(WITH_ERRORS)
    if count(held, "doubtful"):
        raise NotPossible(WITH_DOUBTS)
    since = RosterImport.objects.filter(department=held.department).exclude(pk=held.pk)
    checked_at = held.summary.get("checked_at", "")
    if checked_at and (
        since.filter(loaded_at__gt=checked_at).exists() or since.filter(undone_at__gt=checked_at).exists()
    ):
        raise NotPossible(CHANGED_MEANWHILE)
    say.run(f"DELETE FROM {ROWS} WHERE roster_id = %(roster)s AND matched_by = 'missing'")
    say.run(
        f"UPDATE {ROWS} r SET verdict = '', changes = '{{}}'"
        " WHERE r.roster_id = %(roster)s AND r.verdict IN ('same', 'changed')"
    )
    comparing.compare(say)
    if comparing.summary(say)["mark"] != held.summary["mark"]:
        raise NotPossible(CHANGED_MEANWHILE)


def _note_loaded(held: RosterImport, act: str, by: User | None) -> None:
    held.rows.filter(verdict="same").delete()
    held.state, held.act, held.loaded_at, held.problem = State.LOADED, act, timezone.now(), ""
    held.save(update_fields=["state", "act", "loaded_at", "problem"])
    facts = {} if by else {"actor": audit.SYSTEM}
    audit.record(by=by, action="loaded a roster", subject=held, department=held.department_id, **facts)


def undo(*, held: RosterImport, by: User | None, leave_later_work: bool = False) -> None:
    """Take the whole load back. Raises NotPossible, which names who has worked on it since; and PermissionDenied.

    `leave_later_work`: take back what nobody has worked on since, and note in the summary what was left.
    """
    _refuse_strangers(by, held.department)
    if held.state not in {State.LOADED, State.UNDOING} or not held.act:
        raise NotPossible("Only what was loaded can be undone.")
    with transaction.atomic():
        leaving = later_work.what_stays(held.act) if leave_later_work else None
        if leaving:
            held.summary = {**held.summary, **leaving_words.told(held.act, leaving)}
        history.undo(act=held.act, by=by, why=f"Undid the roster from {held.source}", leaving=leaving)
        held.state, held.undone_at, held.problem = State.UNDONE, timezone.now(), ""
        held.save(update_fields=["state", "undone_at", "problem", "summary"])
        facts = {} if by else {"actor": audit.SYSTEM}
        audit.record(by=by, action="undid a roster", subject=held, department=held.department_id, **facts)
