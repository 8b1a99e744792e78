"""Writing the record: save, delete, publish and take back, for every kind of record and every caller.

Whatever is written here is somebody's act with a reason, allowed by the rules (officers/rules.py), and refused when
the record is no longer what its editor saw.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, ProtectedError, Q

from officers import rules, undo
from officers.history import Entry, is_all_visible, readable, tables
from officers.holds import wait_for_the_gate
from officers.models import Assignment, Officer, Rank, RecordChange, Unit
from officers.models.base import Recorded
from officers.problems import NotPossible
from oversight.acting import changing
from oversight.models import User

MOST_TOLD = 100
GONE = "This record was deleted meanwhile."
STILL_USED = "It is still used by {what}. Change those first."
NOT_YOURS = "Parts of it belong to departments that you do not keep."


@dataclass
class ChangedMeanwhile(Exception):
    """Somebody changed the record after this editor opened it. Nothing was saved."""

    now: Recorded
    changes: list[Entry]
    fields: set[str]

    def __str__(self) -> str:
        return "The record was changed meanwhile."


def lock(record: Recorded, *, seen: int) -> Any:
    """The record as it is now, nobody else's until the end of the transaction.

    Raises ChangedMeanwhile when it is another version than `seen`, NotPossible when it is gone.
    """
    model: Any = type(record)
    # By number: the order of certificates would lock the table of states too, which the app's role may not.
    now = model._base_manager.select_for_update().order_by("pk").filter(pk=record.pk).first()
    if now is None:
        raise NotPossible(GONE)
    if now.version != seen:
        since = _changes_since(now, seen)
        fields = {key for change in since if change.operation == "U" for key in change.after or {}}
        raise ChangedMeanwhile(now=now, changes=readable(since), fields=fields)
    return now


def _changes_since(now: Recorded, seen: int) -> list[RecordChange]:
    """The latest first: as many acts as there are new versions, with what they connected or disconnected."""
    table = now._meta.db_table
    own = Q(record=table, row_id=now.pk, operation="U")
    connections = Q(record__startswith=f"{table}_", parent=table, parent_id=now.pk)
    acts: list[str] = []
    found = []
    for change in RecordChange.objects.filter(own | connections).order_by("-pk")[:MOST_TOLD]:
        if change.act not in acts:
            acts.append(change.act)
        if len(acts) > max(now.version - seen, 1):
            break
        found.append(change)
    return found


def delete(record: Model, *, by: User, why: str = "") -> str:
    """Delete a record with all that hangs on it. Returns the act, by which it comes back. Raises NotPossible."""
    rules.demand(by, "delete", record)
    _refuse_while_used(record)
    with changing(by=by, why=why) as act:
        wait_for_the_gate()
        try:
            record.delete()
        except ProtectedError as used:
            kinds = {str(one._meta.verbose_name_plural) for one in used.protected_objects}
            raise NotPossible(STILL_USED.format(what=" and ".join(sorted(kinds)))) from used
    return act


def _refuse_while_used(record: Model) -> None:
    """A rank or unit in use would silently leave the stints without one."""
    if isinstance(record, Rank | Unit):
        where = {"rank" if isinstance(record, Rank) else "unit": record}
        if Assignment.objects.filter(**where).exists():
            raise NotPossible(STILL_USED.format(what="assignments"))


def publish(record: Any, *, is_published: bool, by: User, why: str = "") -> None:
    """Show a record to everybody, or take it back among the drafts. A department takes all of its record with it."""
    rules.demand(by, "publish", record)
    with changing(by=by, why=why):
        if isinstance(record, Officer) and not is_published:
            wait_for_the_gate()
        type(record)._base_manager.filter(pk=record.pk).update(is_published=is_published)


def take_back(act: str, *, by: User, why: str = "") -> str:
    """Undo a whole act, if all that it changed is this user's. Returns the act that did so. Raises NotPossible."""
    if not is_all_visible(act, by):
        raise NotPossible(NOT_YOURS)
    return undo.undo(act=act, by=by, why=why)


def revert(change: RecordChange, *, by: User, why: str = "") -> str:
    """Take one change back by the rules of an edit: what it added is deleted, what it changed is set back.

    What was deleted comes back with all that was deleted in the same act. Raises NotPossible, PermissionDenied, and
    ValidationError when the former value would no longer be accepted.
    """
    if change.operation == "D":
        return take_back(change.act, by=by, why=why)
    model: Any = tables()[change.record]
    record = model._base_manager.filter(pk=change.row_id).first()
    if record is None:
        raise NotPossible(GONE)
    if model._meta.auto_created:
        return take_back(change.act, by=by, why=why)
    if change.operation == "I":
        return delete(record, by=by, why=why)
    rules.demand(by, "edit", record)
    return _set_back(record, change, by=by, why=why)


def _set_back(record: Any, change: RecordChange, *, by: User, why: str) -> str:
    by_column = {field.attname: field for field in record._meta.concrete_fields}
    fields = [by_column[key] for key in change.before or {} if key in by_column and key != "ever_prohibited"]
    with changing(by=by, why=why) as act:
        wait_for_the_gate()
        record = type(record)._base_manager.select_for_update().get(pk=record.pk)
        for field in fields:
            written = (change.after or {})[field.attname]
            if field.to_python(written) != getattr(record, field.attname):
                raise NotPossible(undo.CHANGED_SINCE.format(who="Somebody"))
            setattr(record, field.attname, field.to_python((change.before or {})[field.attname]))
        if not fields:
            raise NotPossible(undo.NOTHING)
        record.full_clean(exclude=[f.name for f in record._meta.concrete_fields if f not in fields])
        rules.demand(by, "edit", record)
        record.save(update_fields=[field.name for field in fields])
    return act
