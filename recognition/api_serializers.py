"""What is asked and answered about a face over HTTP."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from officers import cards
from officers.api.serializers import OfficerBriefSerializer
from officers.api.views import photos_at_hand
from officers.models import Department, Photo
from oversight.refusals import IN_WORDS
from privacy.shapes import Rectangle
from recognition import calibration
from recognition.identification import Shown
from recognition.models import Candidate, Identification
from recognition.refusals import UNUSABLE_IN_WORDS

SMALLEST_BOX = 8
"""Pixels. As the database has it for a tagged face."""
MOST_CERTAIN = 0.9999
"""No comparison of photos is certain."""
ANSWERS = [answer.value for answer in Identification.Answer if answer]


class DepartmentChoiceSerializer(serializers.Serializer[Any]):
    department = serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.public(), help_text="Id of the department whose officers are compared."
    )


class PhotoAtHandField(serializers.PrimaryKeyRelatedField[Photo]):
    """The id of a photo that was sent before, unless its time is over."""

    def get_queryset(self) -> Any:
        return photos_at_hand()


class BoxSerializer(serializers.Serializer[Any]):
    """A rectangle around one face, in whole pixels of the upright photo."""

    x = serializers.IntegerField(min_value=0, help_text="Left edge.")
    y = serializers.IntegerField(min_value=0, help_text="Upper edge.")
    width = serializers.IntegerField(min_value=SMALLEST_BOX)
    height = serializers.IntegerField(min_value=SMALLEST_BOX)

    def box_within(self, photo: Photo) -> Rectangle:
        """The box, which must lie in the photo. Raises ValidationError."""
        x, y, width, height = (int(self.validated_data[name]) for name in ("x", "y", "width", "height"))
        errors = {}
        if x + width > photo.width:
            errors["width"] = [f"The box ends right of the photo, which is {photo.width} pixels wide."]
        if y + height > photo.height:
            errors["height"] = [f"The box ends below the photo, which is {photo.height} pixels high."]
        if errors:
            raise serializers.ValidationError(errors)
        return Rectangle(x, y, width, height)


class QuestionSerializer(BoxSerializer, DepartmentChoiceSerializer):
    """FileField, never ImageField: a stranger's file is opened in the cage and nowhere else."""

    photo = serializers.FileField(
        required=False, allow_empty_file=True, help_text="The photo; or `photo_id`."
    )
    photo_id = PhotoAtHandField(
        required=False,
        pk_field=serializers.UUIDField(),
        help_text="A photo that was sent before; or `photo`.",
    )

    volunteer_may_look = serializers.BooleanField(
        default=False,
        help_text="Whether a volunteer may look at this person, to confirm that it is an officer.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("photo" in attrs) == ("photo_id" in attrs):
            raise serializers.ValidationError({"photo": ["Send either a photo or the id of one."]})
        return attrs


class HeldPhotoQuestionSerializer(BoxSerializer, DepartmentChoiceSerializer):
    """The question as JSON, for the OpenAPI document."""

    photo_id = serializers.UUIDField()
    volunteer_may_look = serializers.BooleanField(default=False)


class CandidateSerializer(serializers.ModelSerializer[Candidate]):
    """An officer who may be the person. A machine names nobody: look at both photos."""

    officer = OfficerBriefSerializer()
    photo_url = serializers.SerializerMethodField(
        help_text="Null while no photo of the officer is published."
    )
    words = serializers.SerializerMethodField()
    percent = serializers.SerializerMethodField(help_text="The chance in whole percent, never 100.")
    chance = serializers.SerializerMethodField(
        help_text="The chance that it is this officer: above 0, below 1."
    )
    denied = serializers.BooleanField(source="is_denied", help_text="Whether you said that it is not them.")

    class Meta:
        model = Candidate
        fields = ["number", "officer", "photo_url", "words", "percent", "chance", "denied"]

    def get_photo_url(self, candidate: Candidate) -> str | None:
        url = cards.card(candidate.officer, face=candidate.face).photo_url
        request: Request | None = self.context.get("request")
        return request.build_absolute_uri(url) if request is not None and url else url or None

    def get_words(self, candidate: Candidate) -> str:
        return calibration.in_words(candidate.chance)

    def get_percent(self, candidate: Candidate) -> int:
        return calibration.as_percent(candidate.chance)

    def get_chance(self, candidate: Candidate) -> float:
        return min(MOST_CERTAIN, round(candidate.chance, 4))


class IdentificationSerializer(serializers.Serializer[Any]):
    """A question and, once it is done, what was found."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["waiting", "asking", "done", "refused", "unusable"])
    reason = serializers.CharField(
        allow_null=True,
        help_text="Why it was refused or is unusable, a stable code. Unusable: "
        + ", ".join(f"`{code}`" for code in UNUSABLE_IN_WORDS)
        + ".",
    )
    detail = serializers.CharField(allow_null=True, help_text="The reason in plain words.")
    answer = serializers.ChoiceField(
        choices=ANSWERS, allow_null=True, help_text="What you said to it; null while you have not."
    )
    officers_searched = serializers.IntegerField()
    candidates = CandidateSerializer(many=True)


def describe(asked: Identification, shown: Shown, request: Request) -> dict[str, Any]:
    """What may be shown of a question now. `shown` comes from the gate."""
    row = {
        "id": asked.pk,
        "state": asked.state,
        "reason": asked.reason or None,
        "detail": _in_words(asked),
        "answer": asked.answer or None,
        "officers_searched": shown.officers_searched,
        "candidates": shown.candidates,
    }
    return dict(IdentificationSerializer(row, context={"request": request}).data)


def _in_words(asked: Identification) -> str | None:
    words = UNUSABLE_IN_WORDS if asked.state == Identification.State.UNUSABLE else IN_WORDS
    return words.get(asked.reason)


class OfficerChoiceSerializer(serializers.Serializer[Any]):
    officer = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="Id of one of the candidates."
    )


class NewOfficerSerializer(serializers.Serializer[Any]):
    """An officer who is not in the record yet. Nobody sees them before a second look."""

    first_name = serializers.CharField(max_length=120, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=120, allow_blank=True, default="")
    badge_number = serializers.CharField(max_length=120, allow_blank=True, default="")

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        if not any(attrs.values()):
            raise serializers.ValidationError({"last_name": ["Give a name or a badge number."]})
        return attrs


class AnswerSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    answer = serializers.ChoiceField(choices=ANSWERS, allow_null=True)
