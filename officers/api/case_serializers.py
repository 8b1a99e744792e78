"""What happened, as the API shows it: incidents, complaints down to their penalties, lawsuits with their parties.

Rows come from officers/api/shown.py, which fetches of what they name only what is public.
"""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from officers.api.fact_serializers import (
    ClockField,
    NumbersField,
    OfficerNameSerializer,
    number,
)
from officers.api.part_serializers import CaseParts, WithParts, part
from officers.models import (
    Allegation,
    Complaint,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    LicensePlate,
    Location,
    Penalty,
)


class LocationSerializer(serializers.ModelSerializer[Location]):
    class Meta:
        model = Location
        fields = ["street_name", "cross_street1", "cross_street2", "city", "state", "zip_code"]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            name: {"validators": []} for name in fields if name not in {"city", "state"}
        }


class PlateBriefSerializer(serializers.ModelSerializer[LicensePlate]):
    class Meta:
        model = LicensePlate
        fields = ["id", "number", "state"]


class PlateSerializer(PlateBriefSerializer):
    incidents = NumbersField(source="public_incidents")

    class Meta:
        model = LicensePlate
        fields = ["id", "number", "state", "incidents"]


class IncidentBriefSerializer(serializers.ModelSerializer[Incident]):
    time = ClockField(allow_null=True)

    class Meta:
        model = Incident
        fields = ["id", "department", "date", "time", "report_number"]


class PenaltySerializer(serializers.ModelSerializer[Penalty]):
    class Meta:
        model = Penalty
        fields = ["id", "finding", "penalty", "days", "amount", "is_recommendation", "assessed_on"]


class FindingSerializer(WithParts):
    """What was found about an allegation."""

    penalties = PenaltySerializer(many=True, required=False)

    class Meta:
        model = Finding
        fields = [
            "id",
            "allegation",
            "disposition",
            "as_written",
            "found_by",
            "is_recommendation",
            "found_on",
            "penalties",
        ]


class FindingNestedSerializer(FindingSerializer):
    is_whole = True


class AccusedMixin(metaclass=serializers.SerializerMetaclass):
    """Who is accused: an officer of the record or, where none is known, the name in the source.

    The name of an officer who is not public is not public in other words either.
    """

    officer = OfficerNameSerializer(source="public_officer", allow_null=True)
    accused_as = serializers.SerializerMethodField()

    def get_accused_as(self, allegation: Any) -> str:
        return _unless_hidden(allegation, allegation.accused_as)


def _unless_hidden(row: Any, name: str) -> str:
    return "" if row.officer_id and row.public_officer is None else name


class AllegationSerializer(AccusedMixin, WithParts):
    """Of what an officer is accused. Whose name the record does not know is `accused_as` in the source."""

    findings = FindingNestedSerializer(many=True, required=False)

    class Meta:
        model = Allegation
        fields = [
            "id",
            "complaint",
            "officer",
            "accused_as",
            "allegation",
            "subtype",
            "directive",
            "details",
            "findings",
        ]


class AllegationNestedSerializer(AllegationSerializer):
    is_whole = True


class ComplaintBriefSerializer(serializers.ModelSerializer[Complaint]):
    class Meta:
        model = Complaint
        fields = ["id", "department", "record_number", "category", "received_on", "closed_on", "outcome"]


class ComplaintSerializer(CaseParts, WithParts):
    """A complaint; `allegations` go down to findings and penalties."""

    incident = number("public_incident")
    allegations = AllegationNestedSerializer(many=True, required=False)

    class Meta:
        model = Complaint
        fields = [
            *ComplaintBriefSerializer.Meta.fields,
            "incident",
            "summary",
            "updated_at",
            "allegations",
            "links",
            "topics",
            "documents",
        ]


class PartySerializer(serializers.ModelSerializer[LawsuitParty]):
    """Somebody named in a case: an officer or a department of the record, or a name in the court's papers."""

    name = serializers.SerializerMethodField()
    officer = OfficerNameSerializer(source="public_officer", allow_null=True)
    department = number("public_department")

    class Meta:
        model = LawsuitParty
        fields = ["id", "lawsuit", "role", "name", "officer", "department"]

    def get_name(self, party: Any) -> str:
        return _unless_hidden(party, party.name)


class LawsuitBriefSerializer(serializers.ModelSerializer[Lawsuit]):
    class Meta:
        model = Lawsuit
        fields = ["id", "department", "title", "court", "docket_number", "filed_on", "outcome", "amount"]


class LawsuitSerializer(CaseParts, WithParts):
    """A case about a department’s officers."""

    incident = number("public_incident")
    parties = PartySerializer(many=True, required=False)

    class Meta:
        model = Lawsuit
        fields = [
            *LawsuitBriefSerializer.Meta.fields,
            "incident",
            "closed_on",
            "nature",
            "summary",
            "updated_at",
            "parties",
            "links",
            "topics",
            "documents",
        ]


class IncidentSerializer(CaseParts, WithParts):
    """Something that happened, with the public officers who were there and the plates that were seen."""

    time = ClockField(allow_null=True)
    happened_at = serializers.SerializerMethodField()
    location = LocationSerializer(allow_null=True)
    officers = OfficerNameSerializer(many=True, source="public_officers")
    license_plates = PlateBriefSerializer(many=True)
    complaints = part(ComplaintBriefSerializer, "public_complaints")
    lawsuits = part(LawsuitBriefSerializer, "public_lawsuits")

    class Meta:
        model = Incident
        fields = [
            *IncidentBriefSerializer.Meta.fields,
            "happened_at",
            "description",
            "location",
            "officers",
            "license_plates",
            "updated_at",
            "complaints",
            "lawsuits",
            "links",
            "topics",
            "documents",
        ]

    @extend_schema_field(
        serializers.DateTimeField(
            allow_null=True, help_text="The moment, by the clock there, where day and time are known."
        )
    )
    def get_happened_at(self, incident: Incident) -> str | None:
        return incident.happened_at.isoformat() if incident.happened_at else None
