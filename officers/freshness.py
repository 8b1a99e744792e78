"""When a page last changed: all that a stranger learns of the history. Private notes, holds and tags that nobody has
looked at leave no trace in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from officers.models import Department, RecordChange

SHOWN_PARTS = (
    "officers_assignment",
    "officers_salary",
    "officers_officeralias",
    "officers_certification",
    "officers_description",
    "officers_incident_officers",
    "officers_incident_license_plates",
    "officers_allegation",
    "officers_lawsuitparty",
)
"""What hangs on a record and is shown on its page."""


def last_changed(record: Any, *others: Any, at: Iterable[datetime] = ()) -> datetime:
    """When a record or what its page shows last changed; also when something was taken away. One query.

    `others`: further rows that the page shows, `at`: when what stands beside it changed.
    """
    table = record._meta.db_table
    published = Q(department_id=None) | Q(department_id__in=Department.objects.public().values("pk"))
    part = Q(parent=table, parent_id=record.pk, record__in=SHOWN_PARTS) & published
    changes = RecordChange.objects.filter(part | Q(record=table, row_id=record.pk))
    known = changes.order_by("-pk").values_list("at", flat=True).first()
    every: list[datetime] = [*(row.updated_at for row in (record, *others)), *at, *([known] if known else [])]
    return max(every)
