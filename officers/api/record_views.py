"""Everything public of the record besides departments, officers and photos: a list and a look-up for each kind."""

from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema

from officers.api import case_serializers as cases
from officers.api import fact_serializers as facts
from officers.api import shown
from officers.api.document_serializers import DocumentSerializer
from officers.api.filters import filter_of
from officers.api.officer_serializers import StintSerializer
from officers.api.picture_serializers import FaceSerializer, PublishedPhotoSerializer
from officers.api.reading import RecordViewSet, documented
from officers.models import (
    Allegation,
    Assignment,
    CareerLink,
    Certification,
    Citation,
    Complaint,
    Description,
    Document,
    Face,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    LicensePlate,
    Link,
    OfficerAlias,
    Penalty,
    Publication,
    Rank,
    Salary,
    Topic,
    Unit,
)

# address: model, serializer, one of them, many of them
KINDS: dict[str, tuple[type[Model], Any, str, str]] = {
    "assignments": (Assignment, StintSerializer, "One assignment", "List assignments, flat"),
    "ranks": (Rank, facts.RankRowSerializer, "One rank", "List ranks"),
    "units": (Unit, facts.UnitRowSerializer, "One unit", "List units"),
    "salaries": (Salary, facts.SalarySerializer, "One year’s pay", "List pay"),
    "aliases": (OfficerAlias, facts.AliasSerializer, "One other name", "List other names"),
    "certifications": (Certification, facts.CertificationSerializer, "One certificate", "List certificates"),
    "descriptions": (Description, facts.DescriptionSerializer, "One description", "List descriptions"),
    "careers": (
        CareerLink,
        facts.CareerLinkSerializer,
        "Two officers who are one person",
        "List people who worked in several places",
    ),
    "incidents": (Incident, cases.IncidentSerializer, "One incident", "Find incidents"),
    "plates": (LicensePlate, cases.PlateSerializer, "One plate", "List license plates"),
    "complaints": (Complaint, cases.ComplaintSerializer, "One complaint", "Find complaints"),
    "allegations": (Allegation, cases.AllegationSerializer, "One allegation", "List allegations"),
    "findings": (Finding, cases.FindingSerializer, "One finding", "List findings"),
    "penalties": (Penalty, cases.PenaltySerializer, "One penalty", "List penalties"),
    "lawsuits": (Lawsuit, cases.LawsuitSerializer, "One lawsuit", "Find lawsuits"),
    "parties": (LawsuitParty, cases.PartySerializer, "One party of a lawsuit", "List parties of lawsuits"),
    "documents": (Document, DocumentSerializer, "One document", "Find documents"),
    "links": (Link, facts.LinkSerializer, "One link", "List links"),
    "topics": (Topic, facts.TopicSerializer, "One topic", "List topics"),
    "faces": (Face, FaceSerializer, "One face", "List officers in published photos"),
    "published-photos": (
        Publication,
        PublishedPhotoSerializer,
        "One published photo",
        "List published photos",
    ),
}


def viewset(model: type[Model], serializer: Any, one: str, many: str) -> Any:
    """The list and look-up of one kind."""
    made = type(
        f"{model.__name__}ViewSet",
        (RecordViewSet,),
        {
            "__doc__": serializer.__doc__ or many,
            "model": model,
            "queryset": shown.rows(model),
            "serializer_class": serializer,
            "filterset_class": filter_of(model),
        },
    )
    return extend_schema(tags=["record"])(documented(model, serializer, one=one, many=many)(made))


@documented(Citation, facts.SourceSerializer, one="One source", many="List sources of a kind of record")
@extend_schema(tags=["record"])
class SourceViewSet(RecordViewSet):
    """Where a fact comes from. Each kind of record has its own rule of what is public, so a list is of one kind."""

    model = Citation
    queryset = Citation.objects.none()
    serializer_class = facts.SourceSerializer
    filterset_class = filter_of(Citation)

    def rows(self) -> QuerySet[Citation]:
        return shown.sources_of(self._kind())

    def _kind(self) -> str:
        if "pk" not in self.kwargs:
            return self.request.query_params.get("record", "") if self.request else ""
        pk = str(self.kwargs["pk"])
        found = Citation.objects.filter(pk=int(pk)) if pk.isdecimal() else Citation.objects.none()
        return found.values_list("record", flat=True).first() or ""
