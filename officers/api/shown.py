"""What is fetched with a record for the API, and what of that is public. Here, and nowhere else.

A record that names an officer, an incident or a department may be public while what it names is not: then it is shown
as if it named nobody. Each `public_...` below is filled by one query for a whole page.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from officers.api.parts import Fetch, Parts
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
    LicensePlate,
    Link,
    Officer,
    OfficerAlias,
    Publication,
    Rank,
    Salary,
    Topic,
    Unit,
)
from officers.record_querysets import CitationQuerySet

ATTACHED = {
    "officers": Officer,
    "incidents": Incident,
    "departments": Department,
    "complaints": Complaint,
    "lawsuits": Lawsuit,
}


def public(field: str, model: Any) -> "Prefetch[Any]":
    """What of a relation is public, as `public_<field>`: a list, or one record or None."""
    return Prefetch(field, _public(model), to_attr=f"public_{field}")


def _public(model: Any) -> QuerySet[Any]:
    """Without the text of a document, which may be a whole book."""
    found: QuerySet[Any] = model.objects.public()
    return found.defer("text") if model is Document else found


def _part(field: str, model: Any) -> Fetch:
    return lambda: [public(field, model)]


def _all(field: str, model: Any) -> Fetch:
    """Whatever hangs on a public record and has no secret of its own."""
    return lambda: [Prefetch(field, model.objects.all(), to_attr=f"public_{field}")]


def _allegations() -> list[Any]:
    """Of a complaint, down to the penalties."""
    return [
        "allegations",
        Prefetch("allegations__officer", Officer.objects.public(), to_attr="public_officer"),
        "allegations__findings__penalties",
    ]


def _accusations() -> list[Any]:
    """Of what an officer is accused, each with its complaint."""
    rows = Allegation.objects.public().select_related("complaint")
    return [Prefetch("allegations", rows, to_attr="public_allegations")]


def _cases() -> list[Any]:
    """Lawsuits in which an officer is named."""
    rows = LawsuitParty.objects.public().select_related("lawsuit")
    return [Prefetch("lawsuit_parties", rows, to_attr="public_parties")]


def _parties() -> list[Any]:
    return [
        "parties",
        Prefetch("parties__officer", Officer.objects.public(), to_attr="public_officer"),
        Prefetch("parties__department", Department.objects.public(), to_attr="public_department"),
    ]


_ABOUT: dict[str, Fetch] = {"links": _all("links", Link), "topics": _all("topics", Topic)}
_OF_CASES: dict[str, Fetch] = {**_ABOUT, "documents": _part("documents", Document)}
PARTS: Mapping[Any, Parts] = {
    Department: Parts({"ranks": _part("ranks", Rank), "units": _part("units", Unit), **_ABOUT}),
    Officer: Parts(
        {
            "salaries": _part("salaries", Salary),
            "aliases": _part("aliases", OfficerAlias),
            "descriptions": _part("descriptions", Description),
            "incidents": _part("incidents", Incident),
            "allegations": _accusations,
            "lawsuits": _cases,
            "certifications": _part("certifications", Certification),
            **_OF_CASES,
        }
    ),
    Incident: Parts(
        {"complaints": _part("complaints", Complaint), "lawsuits": _part("lawsuits", Lawsuit), **_OF_CASES}
    ),
    Complaint: Parts({"allegations": _allegations, **_OF_CASES}),
    Allegation: Parts({"findings": lambda: ["findings__penalties"]}),
    Finding: Parts({"penalties": lambda: ["penalties"]}),
    Lawsuit: Parts({"parties": _parties, **_OF_CASES}),
    Document: Parts(
        {
            **{
                name: _part(name, model)
                for name, model in (
                    ("officers", Officer),
                    ("incidents", Incident),
                    ("complaints", Complaint),
                    ("lawsuits", Lawsuit),
                )
            },
            "topics": _ABOUT["topics"],
        }
    ),
}
NO_PARTS = Parts({})


def rows(model: Any) -> QuerySet[Any]:
    """The public rows of a kind, with what their flat form needs."""
    if model is Topic:
        return Topic.objects.all()
    if model is LicensePlate:
        return _plates()
    found = _public(model)
    return _FETCHED[model](found) if model in _FETCHED else found


def _plates() -> QuerySet[LicensePlate]:
    """Plates that were seen in a public incident."""
    seen = Incident.objects.public().filter(license_plates=OuterRef("pk"))
    return LicensePlate.objects.filter(Exists(seen)).prefetch_related(public("incidents", Incident))


_FETCHED: dict[Any, Callable[[Any], Any]] = {
    Assignment: lambda found: found.filter(officer__in=Officer.objects.public()).select_related(
        "department", "rank", "unit"
    ),
    Incident: lambda found: found.select_related("department", "location").prefetch_related(
        public("officers", Officer), "license_plates"
    ),
    Complaint: lambda found: found.prefetch_related(public("incident", Incident)),
    Lawsuit: lambda found: found.prefetch_related(public("incident", Incident)),
    Allegation: lambda found: found.prefetch_related(public("officer", Officer)),
    LawsuitParty: lambda found: found.prefetch_related(
        public("officer", Officer), public("department", Department)
    ),
    Link: lambda found: found.prefetch_related(*(public(name, model) for name, model in ATTACHED.items())),
    Face: lambda found: found.filter(officer__isnull=False).with_pictures(),
    Publication: lambda found: found.select_related("photo").prefetch_related(
        Prefetch("photo__faces", Face.objects.public(), to_attr="public_faces")
    ),
}


def sources_of(kind: str) -> QuerySet[Citation]:
    """Sources of the public records of one kind; none of a kind that there is not."""
    model = {name.lower(): name for name in CitationQuerySet.CITED}.get(kind)
    if model is None:
        return Citation.objects.none()
    cited = rows(apps.get_model("officers", model)).order_by().values("pk")
    return Citation.objects.filter(record=kind, record_id__in=cited).prefetch_related(
        public("document", Document)
    )
