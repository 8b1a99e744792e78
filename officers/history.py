"""The history in words: what became of a record, what changed lately, and taking one change back.

The history names volunteers, holds drafts and private notes: it is for those who keep the record, each for their own
departments (docs/decisions/0015-rules.md). A stranger sees only when a record last changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from officers.models import (
    Allegation,
    Assignment,
    Certification,
    Citation,
    Complaint,
    Department,
    Description,
    Document,
    Face,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    Link,
    Officer,
    OfficerAlias,
    Penalty,
    RecordChange,
    Salary,
)
from officers.querysets import is_admin
from oversight.models import User

NOT_SHOWN = {"id", "created_at", "updated_at", "version"}
ONLY_FOR_PROGRAMS = {"officers_face": {"x", "y", "width", "height", "photo_id", "tagged_at"}}
LONGEST_SHOWN = 300
OFFICER = "officers_officer"
ASSIGNMENT = "officers_assignment"
COMPLAINT, ALLEGATION, FINDING = "officers_complaint", "officers_allegation", "officers_finding"
CITATION, TOPIC = "officers_citation", "officers_topic"
OF_A_DEPARTMENT: tuple[Any, ...] = (Incident, Complaint, Lawsuit, Document)
OF_AN_OFFICER: tuple[Any, ...] = (Assignment, Salary, OfficerAlias, Certification, Description)
WITH_SOURCES_ALONE: tuple[Any, ...] = (*OF_AN_OFFICER, Penalty, LawsuitParty)
"""On these nothing hangs but their sources."""
BELOW: dict[str, list[str]] = {
    OFFICER: [model._meta.db_table for model in OF_AN_OFFICER],
    COMPLAINT: [ALLEGATION, FINDING, Penalty._meta.db_table],
    Lawsuit._meta.db_table: [LawsuitParty._meta.db_table],
}
"""Tables of what hangs on a record and has something hanging on it in turn."""
_BELOW = """
    WITH RECURSIVE below AS (
        SELECT record, row_id FROM officers_recordchange
        WHERE parent = %(table)s AND parent_id = %(pk)s AND operation = 'I' AND record = ANY (%(tables)s)
        UNION SELECT c.record, c.row_id FROM officers_recordchange c
        JOIN below b ON c.parent = b.record AND c.parent_id = b.row_id AND c.operation = 'I'
        WHERE c.record = ANY (%(tables)s))
    SELECT record, array_agg(row_id) FROM below GROUP BY record
"""

_VERBS = {"I": "added", "U": "changed", "D": "deleted"}


@dataclass(frozen=True)
class Line:
    """One field, before and after; an empty text stands for nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One change, ready for a page."""

    change: RecordChange
    what: str
    did: str
    name: str
    lines: list[Line]

    @property
    def who(self) -> str:
        return self.change.actor if self.change.actor_id else "a program"


@cache
def tables() -> dict[str, type[models.Model]]:
    """The models of the record by their tables, with those that only join two others."""
    every = apps.get_app_config("officers").get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in every}


def of_record(record: models.Model, *, seen_by: User) -> QuerySet[RecordChange]:
    """The changes of a record and of all that hangs on it, the latest first. The caller has found it by `kept_by`."""
    table = record._meta.db_table
    own = Q(record=table, row_id=record.pk)
    wanted = own | Q(parent=table, parent_id=record.pk)
    for parent in _parents_below(table, record.pk):
        wanted |= parent
    return _without_notes_of_others(RecordChange.objects.filter(wanted), seen_by).order_by("-pk")


def _parents_below(table: str, pk: int) -> list[Q]:
    """What hangs on what hangs on it: findings of a complaint, sources of a salary. Also of those that were deleted."""
    if table not in BELOW:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"table": table, "pk": pk, "tables": BELOW[table]})
        return [Q(parent=name, parent_id__in=keys) for name, keys in cursor.fetchall()]


def recent(user: User) -> QuerySet[RecordChange]:
    """What this user may see of all changes, the latest first: admins everything, coordinators what they keep."""
    if is_admin(user):
        return RecordChange.objects.order_by("-pk")
    departments = list(Department.objects.kept_by(user).values_list("pk", flat=True))
    deleted = RecordChange.objects.filter(department_id__in=departments, operation="D")
    mine = Q(department_id__in=departments) | Q(record="officers_department", row_id__in=departments)
    for table, keys in _kept(user, deleted):
        mine |= Q(record=table, row_id__in=keys) | Q(parent=table, parent_id__in=keys, department_id=None)
    for model in WITH_SOURCES_ALONE:
        table = model._meta.db_table
        for keys in (model.objects.kept_by(user).values("pk"), deleted.filter(record=table).values("row_id")):
            mine |= Q(record=CITATION, parent=table, parent_id__in=keys)
    mine |= Q(record=TOPIC, actor_id=user.pk)  # a topic is no department's
    return RecordChange.objects.filter(mine).order_by("-pk")


def _kept(user: User, deleted: QuerySet[RecordChange]) -> list[tuple[str, QuerySet[Any, Any]]]:
    """The keys of what this user keeps, and kept until it was deleted, by table: of what other changes hang on."""
    found: list[tuple[str, QuerySet[Any, Any]]] = [
        (OFFICER, Officer.objects.kept_by(user).values("pk")),
        (OFFICER, deleted.filter(record=ASSIGNMENT).values("parent_id")),
        ("officers_link", Link.objects.kept_by(user).values("pk")),
    ]
    for model in OF_A_DEPARTMENT:
        table = model._meta.db_table
        found.append((table, model.objects.kept_by(user).values("pk")))
        found.append((table, deleted.filter(record=table).values("row_id")))
    for table, kept, above in (
        (ALLEGATION, Allegation.objects.kept_by(user), COMPLAINT),
        (FINDING, Finding.objects.kept_by(user), ALLEGATION),
    ):
        gone = RecordChange.objects.filter(record=table, operation="D", parent=above)
        below = [gone.filter(parent_id__in=keys).values("row_id") for name, keys in found if name == above]
        found += [(table, kept.values("pk")), *((table, keys) for keys in below)]
    return found


def _without_notes_of_others(changes: QuerySet[RecordChange], user: User) -> QuerySet[RecordChange]:
    if is_admin(user):
        return changes
    kept = Department.objects.kept_by(user).values("pk")
    return changes.exclude(~Q(department_id__in=kept), record="officers_note")


def is_all_visible(act: str, user: User) -> bool:
    """Does this user keep everything that an act changed? Only then may they take it back."""
    changes = RecordChange.objects.filter(act=act)
    return is_admin(user) or recent(user).filter(act=act).count() == changes.count() > 0


def readable(changes: Iterable[RecordChange], about: models.Model | None = None) -> list[Entry]:
    """Changes as entries, with names instead of numbers: one query for every kind of record that is named.

    `about`: the record whose history it is, which need not be asked for again.
    """
    page = list(changes)
    names = _names(page, about)
    return [_entry(change, names) for change in page]


Names = dict[type[models.Model], dict[Any, str]]


def _entry(change: RecordChange, names: Names) -> Entry:
    model = tables().get(change.record)
    if model is None:  # a table of long ago
        return Entry(change, change.record, _VERBS[change.operation], "", [])
    owner = model._meta.auto_created or model
    what = str(owner._meta.verbose_name) if owner is model else "connection"
    before, after = change.before or {}, change.after or {}
    lines = [
        Line(
            str(field.verbose_name).capitalize(),
            *(_word(field, row.get(field.attname), names) for row in (before, after)),
        )
        for field in _shown(model)
        if before.get(field.attname) != after.get(field.attname)
        and (before.get(field.attname) or after.get(field.attname) or change.operation == "U")
    ]
    if owner is model:
        name = names.get(model, {}).get(change.row_id, "")
    else:
        name = " – ".join(line.after or line.before for line in lines)
    return Entry(change, what.capitalize(), _VERBS[change.operation], name, lines)


def _shown(model: type[models.Model]) -> list[Any]:
    left_out = NOT_SHOWN | ONLY_FOR_PROGRAMS.get(model._meta.db_table, set())
    return [field for field in model._meta.concrete_fields if field.attname not in left_out]


def _word(field: "models.Field[Any, Any]", value: Any, names: Names) -> str:
    """One value as people say it."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(field, models.ForeignKey):
        return names.get(_target(field), {}).get(value, f"number {value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DecimalField):
        return f"${Decimal(str(value)):,.2f}"
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "j F Y, H:i")
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def _target(field: Any) -> type[models.Model]:
    target: type[models.Model] = field.related_model
    return target


def _names(page: Sequence[RecordChange], about: models.Model | None) -> Names:
    """The present names of everything that the page mentions by its key."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    known: dict[type[models.Model], dict[Any, str]] = defaultdict(dict)
    if isinstance(about, Officer):
        known[Officer][about.pk] = str(about)
    for change in page:
        model = tables().get(change.record)
        if model is None:
            continue
        if model is Citation and (title := _title(change)):
            known[Citation][change.row_id] = title
        elif not model._meta.auto_created and model is not Face:  # a tag's name is of use to programs only
            wanted[model].add(change.row_id)
        for field in _shown(model):
            if isinstance(field, models.ForeignKey):
                mentioned = {(row or {}).get(field.attname) for row in (change.before, change.after)}
                wanted[_target(field)] |= mentioned - {None}
    for model, keys in wanted.items():
        if unknown := keys - known[model].keys():
            known[model].update(names_of(model, unknown))
    return known


def _title(change: RecordChange) -> str:
    """What a source is called, where its change tells."""
    row = change.after or change.before or {}
    return row.get("title") or row.get("url") or ""


def names_of(model: type[models.Model], keys: set[Any]) -> dict[Any, str]:
    """By key as the history writes it. Models that name others in their own name get those in the same query."""
    rows = model._base_manager.filter(pk__in=keys)
    named = {"User": "username", "Department": "name", "Rank": "name", "Unit": "name"}.get(model.__name__)
    if named:
        return dict(rows.values_list("pk", named))
    joined = {
        "LawsuitParty": ("officer", "department"),
        "Citation": ("document",),
        "Assignment": ("department", "rank"),
        "CareerLink": ("first", "second"),
    }.get(model.__name__, ())
    if model is Document:
        rows = rows.only("title")  # its text may be a whole book
    return {_as_written(row.pk): str(row) for row in rows.select_related(*joined)}


def _as_written(key: Any) -> Any:
    return key if isinstance(key, int | str) else str(key)
