"""Departments and officers as the API shows them, with the parts that may be asked for."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from officers.api import shown
from officers.api.case_serializers import (
    ComplaintBriefSerializer,
    IncidentBriefSerializer,
    LawsuitBriefSerializer,
)
from officers.api.fact_serializers import (
    AliasSerializer,
    CertificationSerializer,
    DescriptionSerializer,
    LinkBriefSerializer,
    RankRowSerializer,
    SalarySerializer,
    TopicSerializer,
    UnitRowSerializer,
)
from officers.api.parts import WithParts
from officers.api.serializers import MatchingSerializer, OfficerBriefSerializer, StateSerializer
from officers.models import Allegation, Assignment, Department, Face, LawsuitParty, Officer


class DepartmentSerializer(WithParts):
    """Needs `verdicts` in its context: department id -> Verdict, read once for all of them."""

    parts = frozenset(shown.PARTS[Department].by_name)
    state = StateSerializer()
    matching = serializers.SerializerMethodField()
    ranks = RankRowSerializer(many=True, required=False, source="public_ranks")
    units = UnitRowSerializer(many=True, required=False, source="public_units")
    links = LinkBriefSerializer(many=True, required=False, source="public_links")
    topics = TopicSerializer(many=True, required=False, source="public_topics")

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


class OfficerSerializer(WithParts, OfficerBriefSerializer):
    """An officer fetched by OfficerQuerySet.for_cards()."""

    parts = frozenset(shown.PARTS[Officer].by_name)
    photo_url = serializers.SerializerMethodField()
    salaries = SalarySerializer(many=True, required=False, source="public_salaries")
    aliases = AliasSerializer(many=True, required=False, source="public_aliases")
    descriptions = DescriptionSerializer(many=True, required=False, source="public_descriptions")
    incidents = IncidentBriefSerializer(many=True, required=False, source="public_incidents")
    allegations = AccusationSerializer(many=True, required=False, source="public_allegations")
    lawsuits = CaseSerializer(many=True, required=False, source="public_parties")
    certifications = CertificationSerializer(many=True, required=False, source="public_certifications")
    links = LinkBriefSerializer(many=True, required=False, source="public_links")
    topics = TopicSerializer(many=True, required=False, source="public_topics")

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
