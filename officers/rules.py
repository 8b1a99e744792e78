"""WHO MAY DO WHAT with the record: the one table that pages, the API, lists and tests ask.

Why so: docs/decisions/0015-rules.md.
A standing is measured against one record. Records are looked up through `kept_by` or `public` first, so that another
department's are not even found; this says what may then be done with them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Model

from officers.models import (
    Assignment,
    CareerLink,
    Certification,
    Citation,
    Department,
    Link,
    Officer,
    OfficerAlias,
    Topic,
)
from officers.querysets import is_admin

if TYPE_CHECKING:
    from officers.querysets import Viewer


class Standing(IntEnum):
    """How somebody stands to a record. Each may do what those before may."""

    VISITOR = 0
    VOLUNTEER = 1
    KEEPER = 2  # keeps a department of the record (of an officer: one where they work now)
    SOLE_KEEPER = 3  # keeps every department of the record
    ADMIN = 4


LEAST = {
    "see what is public": Standing.VISITOR,
    "send a photo": Standing.VISITOR,
    "sort and tag photos": Standing.VOLUNTEER,
    "send a document": Standing.VOLUNTEER,
    "see drafts, notes and history": Standing.KEEPER,
    "add": Standing.KEEPER,
    "edit": Standing.KEEPER,
    "publish": Standing.KEEPER,
    "delete": Standing.SOLE_KEEPER,
    "merge": Standing.SOLE_KEEPER,
    "add a department": Standing.ADMIN,
    "change people": Standing.ADMIN,
    "allow matching": Standing.ADMIN,
}


def may(user: Viewer, act: str, record: Model | None = None) -> bool:
    return standing(user, record) >= LEAST[act]


def demand(user: Viewer, act: str, *records: Model) -> None:
    """Raises PermissionDenied unless the user may do it with every record, or at all where none is named."""
    if not all(may(user, act, record) for record in records or (None,)):
        raise PermissionDenied


def standing(user: Viewer, record: Model | None = None) -> Standing:
    if is_admin(user):
        return Standing.ADMIN
    if user.pk is None or not user.is_active:
        return Standing.VISITOR
    if record is None:
        return Standing.VOLUNTEER
    if isinstance(
        record, CareerLink
    ):  # it says something about both: either side's keepers make and unmake it
        kept_one = CareerLink.objects.kept_by(user).filter(pk=record.pk).exists()
        return Standing.SOLE_KEEPER if kept_one else Standing.VOLUNTEER
    kept = set(Department.objects.kept_by(user).values_list("pk", flat=True))
    of_record = departments_of(record)
    if of_record and of_record <= kept:
        return Standing.SOLE_KEEPER
    return Standing.KEEPER if kept and _is_kept(user, record, of_record & kept) else Standing.VOLUNTEER


def _is_kept(user: Viewer, record: Any, shared: set[int]) -> bool:
    """Of an officer's own facts not every shared department counts, but the one where they work now."""
    if isinstance(record, OfficerAlias | Certification):
        record = record.officer
    if isinstance(record, Officer):
        return Officer.objects.kept_by(user).filter(pk=record.pk).exists()
    return bool(shared)


# What a record without a department of its own hangs on.
_ABOVE = {
    "allegation": "complaint",
    "finding": "allegation",
    "penalty": "finding",
    "lawsuitparty": "lawsuit",
    "officeralias": "officer",
    "certification": "officer",
}


def departments_of(record: Any) -> set[int]:
    """The departments to which a record belongs; empty for what belongs to the whole site."""
    if isinstance(record, Department):
        return {record.pk}
    if isinstance(record, Officer):
        return set(Assignment.objects.filter(officer=record.pk).values_list("department_id", flat=True))
    if isinstance(record, Link):
        return _of_link(record) if record.pk else set()
    if isinstance(record, Citation):
        cited = cited_record(record)
        return departments_of(cited) if cited else set()
    if isinstance(record, Topic):
        return set()
    above = _ABOVE.get(record._meta.model_name)
    return departments_of(getattr(record, above)) if above else {record.department_id}


def _of_link(link: Link) -> set[int]:
    found = set(link.departments.values_list("pk", flat=True))
    for attached in (link.incidents, link.complaints, link.lawsuits):
        found |= set(attached.values_list("department_id", flat=True))
    found |= set(
        Assignment.objects.filter(officer__in=link.officers.all()).values_list("department_id", flat=True)
    )
    return found


def cited_record(citation: Citation) -> Any:
    """The record whose source it is, or None when that is gone."""
    model = apps.get_model("officers", citation.record)
    return model._default_manager.filter(pk=citation.record_id).first()
