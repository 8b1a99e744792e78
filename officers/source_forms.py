"""Forms of where the record comes from and leads to: links and sources."""

from typing import Any, ClassVar

from officers.models import Citation, Link
from officers.models.base import Recorded
from officers.record_fields import is_new
from officers.record_forms import RecordForm


class LinkForm(RecordForm):
    class Meta:
        model = Link
        fields = ("url", "link_type", "title", "description", "author", "has_content_warning")
        labels: ClassVar = {
            "url": "Address",
            "link_type": "What it is",
            "has_content_warning": "Warn people before they open it",
        }

    def save_all(self) -> Recorded:
        is_added = is_new(self.instance)
        saved = super().save_all()
        if is_added:
            self.above.links.add(saved.pk)
        return saved


class CitationForm(RecordForm):
    class Meta:
        model = Citation
        fields = ("title", "url", "kind", "retrieved_on", "field")
        labels: ClassVar = {"url": "Address", "retrieved_on": "Looked at on", "field": "Only for this fact"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.above is not None and is_new(self.instance):
            self.instance.record = self.above._meta.model_name
            self.instance.record_id = self.above.pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("title") and not cleaned.get("url") and "url" not in self.errors:
            self.add_error("title", "Name the source, or give its address.")
        return cleaned
