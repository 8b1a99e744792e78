"""Small facts of the record as the API shows them: flat, with the numbers of what they hang on.

Rows come from officers/api/shown.py, which fetches of what they name only what is public. Fields are listed one by one.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from officers.models import (
    CareerLink,
    Certification,
    Citation,
    Description,
    Document,
    Link,
    Officer,
    OfficerAlias,
    Rank,
    Salary,
    Topic,
    Unit,
)


@extend_schema_field({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?$"})
class ClockField(serializers.TimeField):
    """The clock on the wall there: without a zone, so it is no `time` of JSON Schema."""


def number(source: str) -> serializers.IntegerField:
    """The number of a record that is named, or null where it is not public."""
    return serializers.IntegerField(source=f"{source}.pk", read_only=True, default=None, allow_null=True)


class NumbersField(serializers.ListField):
    """The numbers of several."""

    child = serializers.IntegerField()

    def to_representation(self, data: Any) -> list[int]:
        return [one.pk for one in data]


class OfficerNameSerializer(serializers.ModelSerializer[Officer]):
    name = serializers.CharField(source="full_name")

    class Meta:
        model = Officer
        fields = ["id", "name"]


class RankRowSerializer(serializers.ModelSerializer[Rank]):
    class Meta:
        model = Rank
        fields = ["id", "department", "name", "order", "is_sworn_officer", "updated_at"]


class UnitRowSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "department", "name", "updated_at"]


class SalarySerializer(serializers.ModelSerializer[Salary]):
    """Dollars and cents, as text, so that no cent is lost."""

    total_pay = serializers.DecimalField(max_digits=13, decimal_places=2, read_only=True)

    class Meta:
        model = Salary
        fields = [
            "id",
            "officer",
            "department",
            "year",
            "is_fiscal_year",
            "salary",
            "overtime_pay",
            "total_pay",
            "updated_at",
        ]


class AliasSerializer(serializers.ModelSerializer[OfficerAlias]):
    class Meta:
        model = OfficerAlias
        fields = ["id", "officer", "name", "kind", "updated_at"]


class CertificationSerializer(serializers.ModelSerializer[Certification]):
    class Meta:
        model = Certification
        fields = ["id", "officer", "state", "name", "value", "updated_at"]


class DescriptionSerializer(serializers.ModelSerializer[Description]):
    """A text about an officer. Who wrote it is nobody's business."""

    class Meta:
        model = Description
        fields = ["id", "officer", "department", "text", "created_at", "updated_at"]


class CareerLinkSerializer(serializers.ModelSerializer[CareerLink]):
    """Two officers who are one person, as far as is known."""

    class Meta:
        model = CareerLink
        fields = ["id", "first", "second", "confidence", "updated_at"]


class TopicSerializer(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ["id", "name"]


class LinkBriefSerializer(serializers.ModelSerializer[Link]):
    class Meta:
        model = Link
        fields = ["id", "url", "link_type", "title", "description", "author", "has_content_warning"]


class DocumentBriefSerializer(serializers.ModelSerializer[Document]):
    class Meta:
        model = Document
        fields = ["id", "department", "title", "pages"]


class LinkSerializer(LinkBriefSerializer):
    """With the numbers of the public records that it is attached to."""

    officers = NumbersField(source="public_officers")
    incidents = NumbersField(source="public_incidents")
    departments = NumbersField(source="public_departments")
    complaints = NumbersField(source="public_complaints")
    lawsuits = NumbersField(source="public_lawsuits")

    class Meta:
        model = Link
        fields = [
            *LinkBriefSerializer.Meta.fields,
            "officers",
            "incidents",
            "departments",
            "complaints",
            "lawsuits",
            "updated_at",
        ]


class SourceSerializer(serializers.ModelSerializer[Citation]):
    """`record` and `record_id`: what it is the source of; `field`: of which field, or of all when empty."""

    document = number("public_document")

    class Meta:
        model = Citation
        fields = [
            "id",
            "record",
            "record_id",
            "field",
            "kind",
            "title",
            "url",
            "document",
            "page",
            "retrieved_on",
        ]
