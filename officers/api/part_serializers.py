"""What serializers of records with parts share: which of their fields are parts, and the parts that most kinds have."""

from typing import Any, ClassVar

from rest_framework import serializers

from officers.api import shown
from officers.api.fact_serializers import DocumentBriefSerializer, LinkBriefSerializer, TopicSerializer


# (A docstring here would become the description of every kind in the document.)
class WithParts(serializers.ModelSerializer[Any]):
    # Parts (shown.PARTS) are left out unless the view's context names them in `parts`. `is_whole`: inside another
    # record, where they are always shown.
    is_whole: ClassVar[bool] = False

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        asked = self.context.get("parts")
        if asked is None or self.is_whole:  # None while the document is written
            return fields
        left_out = shown.PARTS[self.Meta.model].by_name.keys() - set(asked)
        return {name: field for name, field in fields.items() if name not in left_out}


def part(serializer: Any, source: str) -> Any:
    """Several records of another kind, as far as they are public: `source` is what shown.py fetched."""
    return serializer(many=True, required=False, source=source)


class AboutParts(metaclass=serializers.SerializerMetaclass):
    """What may hang on any kind of record."""

    links = part(LinkBriefSerializer, "public_links")
    topics = part(TopicSerializer, "public_topics")


class CaseParts(AboutParts):
    """And what documents may be about: everything but departments."""

    documents = part(DocumentBriefSerializer, "public_documents")
