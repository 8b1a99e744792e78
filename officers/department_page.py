"""What a department's page shows besides its officers: figures, how fresh they are, and the latest that happened.

All of it comes in the query of the department itself: the page has eleven others for its officers and the law.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast

from officers import beside, citing, latest, lines
from officers.models import Assignment, Complaint, Department, Incident, Lawsuit, Location

FRESH = {
    "officers_at": "Officers",
    "stints_at": "Ranks, units and badges",
    "incidents_at": "Incidents",
    "complaints_at": "Complaints",
    "lawsuits_at": "Lawsuits",
}
LATEST = 5
CASES: dict[str, Any] = {"incident": Incident, "complaint": Complaint, "lawsuit": Lawsuit}
PLACE = "location__"
IN_A_LINE = {
    "incident": (
        *("id", "date", "report_number", "description"),
        *(f"{PLACE}{name}" for name in ("street_name", "cross_street1", "cross_street2", "city")),
        *(f"{PLACE}{name}" for name in ("state_id", "zip_code")),
    ),
    "complaint": ("id", "received_on", "record_number", "category", "summary", "outcome"),
    "lawsuit": ("id", "filed_on", "title", "court", "nature", "outcome", "amount"),
}
"""What officers.lines needs of each."""


def wanted(pk: int) -> QuerySet[Department]:
    """The department with its figures, when something public of it last changed, and what stands beside it."""
    stints = Assignment.objects.filter(department=OuterRef("pk"), officer__row__is_listed=True)
    figures = {
        "officers_at": _of(stints, Max("officer__updated_at")),
        "stints_at": _of(stints, Max("updated_at")),
        "paid": _of(Lawsuit.objects.public().filter(department=OuterRef("pk")), Sum("amount")),
    }
    for kind, model in CASES.items():
        rows = model.objects.public().filter(department=OuterRef("pk"))
        figures |= {f"{kind}s_at": _of(rows, Max("updated_at")), f"{kind}s_count": _of(rows, Count("pk"))}
        words = {name: Cast(F(name), TextField()) for name in IN_A_LINE[kind]}  # JSON would round an amount
        figures[f"{kind}_rows"] = beside.rows(latest.in_order(rows)[:LATEST], **words)
    found = Department.objects.public().select_related("state").filter(pk=pk)
    return found.annotate(**figures, **beside.of_record("departments"))


def gathered(department: Any) -> dict[str, Any]:
    """What of the context comes from the record itself. One query."""
    freshness = [(words, getattr(department, name)) for name, words in FRESH.items()]
    return {
        "facts": _facts(department),
        "freshness": [(words, at) for words, at in freshness if at],
        "cases": [_cases(kind, department) for kind in CASES],
        "links": beside.links(department),
        "topics": department.topic_rows,
        "sources": citing.of([department]),
        "changed_at": _changed_at(department, [at for _, at in freshness if at]),
    }


def _of(rows: QuerySet[Any], figure: Any) -> Subquery:
    return Subquery(rows.order_by().values("department").annotate(figure=figure).values("figure"))


def _cases(kind: str, department: Any) -> dict[str, Any]:
    rows = getattr(department, f"{kind}_rows")
    return {
        "kind": kind,
        "title": f"{kind}s".capitalize(),
        "count": getattr(department, f"{kind}s_count") or 0,
        "lines": [lines.OF[kind](_record(CASES[kind], row, department)) for row in rows],
    }


def _record(model: Any, row: dict[str, str | None], department: Department) -> Any:
    """A record again, with as much of it as was fetched."""
    read = {name: value for name, value in row.items() if not name.startswith(PLACE) and value is not None}
    values = {name: model._meta.get_field(name).to_python(value) for name, value in read.items()}
    place = {name.removeprefix(PLACE): value for name, value in row.items() if name.startswith(PLACE)}
    if any(place.values()):
        values["location"] = Location(**place)
    return model(department=department, **values)


def _facts(department: Department) -> list[tuple[str, str, str]]:
    """With the address that a value leads to, where it leads somewhere. What is not known is left out."""
    place = lines.joined(department.city.title(), department.county and f"{department.county.title()} County")
    facts = [
        ("Kind", department.get_kind_display(), ""),
        ("Where", lines.joined(place, department.state.name), ""),
        ("Website", department.website, department.website),
        ("The office’s phone", department.office_phone, ""),
        ("The office’s e-mail", department.office_email, f"mailto:{department.office_email}"),
        ("ORI number", department.ori, ""),
        ("Founded", str(department.founded_year or ""), ""),
        ("Where to complain", department.complaint_office, ""),
    ]
    return [fact for fact in facts if fact[1]]


def _changed_at(department: Any, parts: list[datetime]) -> datetime:
    every: list[datetime] = [department.updated_at, *parts, *beside.changes(department)]
    return max(every)
