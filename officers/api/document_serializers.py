"""Documents as the API shows them: what they are about, and where the copy of their pages is. Never what was sent."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from officers.api.case_serializers import (
    ComplaintBriefSerializer,
    IncidentBriefSerializer,
    LawsuitBriefSerializer,
)
from officers.api.fact_serializers import DocumentBriefSerializer, OfficerNameSerializer, TopicSerializer
from officers.api.part_serializers import WithParts, part
from officers.models import Document


class DocumentSerializer(WithParts):
    """A document that somebody has read before it was published. `text_url`: the words a program read in it."""

    file_url = serializers.SerializerMethodField()
    file_size = serializers.IntegerField(
        source="copy_size", allow_null=True, min_value=0, help_text="In bytes."
    )
    text_url = serializers.SerializerMethodField()
    officers = part(OfficerNameSerializer, "public_officers")
    incidents = part(IncidentBriefSerializer, "public_incidents")
    complaints = part(ComplaintBriefSerializer, "public_complaints")
    lawsuits = part(LawsuitBriefSerializer, "public_lawsuits")
    topics = part(TopicSerializer, "public_topics")

    class Meta:
        model = Document
        fields = [
            *DocumentBriefSerializer.Meta.fields,
            "description",
            "pages_read",
            "file_url",
            "file_size",
            "text_url",
            "updated_at",
            "officers",
            "incidents",
            "complaints",
            "lawsuits",
            "topics",
        ]

    @extend_schema_field(
        serializers.URLField(
            allow_null=True, help_text="Its pages as a PDF, made anew; null while there is none."
        )
    )
    def get_file_url(self, document: Document) -> str | None:
        return self._address("document-file", document) if document.copy_size else None

    @extend_schema_field(serializers.URLField())
    def get_text_url(self, document: Document) -> str:
        return self._address("api-documents-text", document)

    def _address(self, route: str, document: Document) -> str:
        return reverse(route, args=[document.pk], request=self.context.get("request"))
