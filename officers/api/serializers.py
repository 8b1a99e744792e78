"""What the API shows of the record. Fields are listed one by one: what is not named here is not shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from officers.api.matching import Verdict
from officers.models import Assignment, Department, FoundHead, Officer, Photo, Rank, State, Unit
from oversight.gate import Reason


class StateSerializer(serializers.ModelSerializer[State]):
    class Meta:
        model = State
        fields = ["code", "name"]


class MatchingSerializer(serializers.Serializer[Verdict]):
    """Whether faces may be compared in this department right now."""

    allowed = serializers.BooleanField()
    reason = serializers.ChoiceField(
        choices=[reason.value for reason in Reason],
        allow_null=True,
        help_text="Stable code; null where allowed.",
    )
    detail = serializers.CharField(
        allow_null=True, help_text="The reason in plain words; null where allowed."
    )


class DepartmentNameSerializer(serializers.ModelSerializer[Department]):
    class Meta:
        model = Department
        fields = ["id", "name"]


class RankSerializer(serializers.ModelSerializer[Rank]):
    class Meta:
        model = Rank
        fields = ["id", "name"]


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "name"]


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    department = DepartmentNameSerializer()
    rank = RankSerializer(allow_null=True)
    unit = UnitSerializer(allow_null=True)

    class Meta:
        model = Assignment
        fields = ["department", "rank", "unit", "badge_number", "start_date", "end_date"]


class OfficerBriefSerializer(serializers.ModelSerializer[Officer]):
    """An officer with their assignments in published departments, the present or latest one first."""

    name = serializers.CharField(source="full_name")
    assignments = serializers.SerializerMethodField()

    class Meta:
        model = Officer
        fields = ["id", "name", "assignments"]

    @extend_schema_field(AssignmentSerializer(many=True))
    def get_assignments(self, officer: Officer) -> list[dict[str, Any]]:
        """Filtered here rather than in a query: they are fetched for the whole page at once."""
        public = [stint for stint in officer.assignments.all() if stint.department.is_published]
        return list(AssignmentSerializer(public, many=True).data)


class PhotoUploadSerializer(serializers.Serializer[Any]):
    """FileField, never ImageField: a stranger's file is opened in the cage and nowhere else."""

    photo = serializers.FileField(
        allow_empty_file=True,
        help_text="JPEG, PNG, WebP, GIF, HEIC or AVIF; at most 20 MB and 50 megapixels.",
    )
    department = serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.public(), help_text="Id of the department that the photo is about."
    )


class ReceiptSerializer(serializers.Serializer[Any]):
    """What was taken in, and where to ask how far it is."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    url = serializers.URLField()


class HeadSerializer(serializers.ModelSerializer[FoundHead]):
    """A rectangle around a head, in whole pixels of the upright photo."""

    class Meta:
        model = FoundHead
        fields = ["number", "x", "y", "width", "height"]


class LabelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    score = serializers.FloatField()


class PresenceSerializer(serializers.Serializer[Any]):
    """What a model thinks: are police in this photo? People decide."""

    decision = serializers.ChoiceField(choices=["likely", "review", "none_found", "unsuitable"])
    score = serializers.FloatField()
    labels = LabelSerializer(many=True)
    backend = serializers.CharField()
    model_version = serializers.CharField()


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    """How far a photo is and what was found in it. Never the picture, its hash, its key or who sent it."""

    state = serializers.SerializerMethodField()
    heads = HeadSerializer(many=True)
    presence = serializers.SerializerMethodField()

    class Meta:
        model = Photo
        fields = ["id", "state", "width", "height", "heads", "presence"]

    @extend_schema_field({"type": "string", "enum": ["received", "examined", "classified"]})
    def get_state(self, photo: Photo) -> str:
        if presence_of(photo) is not None:
            return "classified"
        return "examined" if photo.heads_found_at else "received"

    @extend_schema_field(PresenceSerializer(allow_null=True))
    def get_presence(self, photo: Photo) -> dict[str, Any] | None:
        result = presence_of(photo)
        return None if result is None else dict(PresenceSerializer(result).data)


def presence_of(photo: Photo) -> Any | None:
    """The plugin's row about this photo, by name: None while there is none, and without the plugin."""
    return getattr(photo, "presence", None)
