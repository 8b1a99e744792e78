"""What a department's page shows besides its officers: figures, how fresh they are, and the latest that happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum

from officers import beside, citing, latest, lines
from officers.models import Assignment, Complaint, Department, Incident, Lawsuit

FRESH = {
    "officers_at": "Officers",
    "stints_at": "Ranks, units and badges",
    "incidents_at": "Incidents",
    "complaints_at": "Complaints",
    "lawsuits_at": "Lawsuits",
}
LATEST = 5
CASES: dict[str, Any] = {"incident": Incident, "complaint": Complaint, "lawsuit": Lawsuit}


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
    found = Department.objects.public().select_related("state").filter(pk=pk)
    return found.annotate(**figures, **beside.of_record("departments"))


def gathered(department: Any) -> dict[str, Any]:
    """What of the context comes from the record itself. Four queries."""
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
    found = CASES[kind].objects.public().filter(department=department.pk).select_related("department")
    with_place = found.select_related("location") if kind == "incident" else found
    return {
        "kind": kind,
        "title": f"{kind}s".capitalize(),
        "count": getattr(department, f"{kind}s_count") or 0,
        "lines": [lines.OF[kind](row) for row in latest.in_order(with_place)[:LATEST]],
    }


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
