"""Departments and officers as the API shows them, with the parts that may be asked for."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from officers.api.case_serializers import (
    ComplaintBriefSerializer,
    IncidentBriefSerializer,
    LawsuitBriefSerializer,
)
from officers.api.fact_serializers import (
    AliasSerializer,
    CertificationSerializer,
    DescriptionSerializer,
    RankRowSerializer,
    SalarySerializer,
    UnitRowSerializer,
)
from officers.api.part_serializers import AboutParts, CaseParts, WithParts, part
from officers.api.serializers import MatchingSerializer, OfficerBriefSerializer, StateSerializer
from officers.models import Allegation, Assignment, Department, Face, LawsuitParty, Officer


class DepartmentSerializer(AboutParts, WithParts):
    """A department, and whether faces may be compared there right now."""

    # Needs `verdicts` in its context: department id -> Verdict, read once for all of them.

    state = StateSerializer()
    matching = serializers.SerializerMethodField()
    ranks = part(RankRowSerializer, "public_ranks")
    units = part(UnitRowSerializer, "public_units")

    class Meta:
        model = Department
        fields = [
            "id",
            "name",
            "short_name",
            "kind",
            "state",
            "county",
            "city",
            "internal_id_label",
            "complaint_office",
            "website",
            "office_phone",
            "office_email",
            "ori",
            "founded_year",
            "time_zone",
            "about",
            "updated_at",
            "matching",
            "ranks",
            "units",
            "links",
            "topics",
        ]

    @extend_schema_field(MatchingSerializer)
    def get_matching(self, department: Department) -> dict[str, Any]:
        return dict(MatchingSerializer(self.context["verdicts"][department.pk]).data)


class AccusationSerializer(serializers.ModelSerializer[Allegation]):
    """Of what an officer is accused, and in which complaint."""

    complaint = ComplaintBriefSerializer()

    class Meta:
        model = Allegation
        fields = ["id", "allegation", "subtype", "directive", "complaint"]


class CaseSerializer(serializers.ModelSerializer[LawsuitParty]):
    """A lawsuit that names an officer, and as what."""

    lawsuit = LawsuitBriefSerializer()

    class Meta:
        model = LawsuitParty
        fields = ["id", "role", "lawsuit"]


class OfficerSerializer(CaseParts, WithParts, OfficerBriefSerializer):
    """An officer with their assignments in published departments, the present or latest one first."""

    # Fetched by OfficerQuerySet.for_cards().

    photo_url = serializers.SerializerMethodField()
    salaries = part(SalarySerializer, "public_salaries")
    aliases = part(AliasSerializer, "public_aliases")
    descriptions = part(DescriptionSerializer, "public_descriptions")
    incidents = part(IncidentBriefSerializer, "public_incidents")
    allegations = part(AccusationSerializer, "public_allegations")
    lawsuits = part(CaseSerializer, "public_parties")
    certifications = part(CertificationSerializer, "public_certifications")

    class Meta:
        model = Officer
        fields = [
            "id",
            "name",
            "first_name",
            "middle_name",
            "last_name",
            "suffix",
            "race",
            "gender",
            "birth_year",
            "internal_id",
            "employment_date",
            "updated_at",
            "assignments",
            "photo_url",
            "salaries",
            "aliases",
            "descriptions",
            "incidents",
            "allegations",
            "lawsuits",
            "certifications",
            "links",
            "topics",
            "documents",
        ]

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_photo_url(self, officer: Officer) -> str | None:
        faces: list[Face] = getattr(officer, "public_faces", [])
        return (
            reverse("face-crop", args=[faces[0].pk], request=self.context.get("request")) if faces else None
        )


class StintSerializer(serializers.ModelSerializer[Assignment]):
    """One stint of one officer in one department, flat."""

    department_name = serializers.CharField(source="department.name")
    rank_name = serializers.CharField(source="rank.name", default="")
    unit_name = serializers.CharField(source="unit.name", default="")

    class Meta:
        model = Assignment
        fields = [
            "id",
            "officer",
            "department",
            "department_name",
            "rank",
            "rank_name",
            "unit",
            "unit_name",
            "badge_number",
            "start_date",
            "end_date",
            "status",
            "separation",
            "separation_note",
            "updated_at",
        ]
