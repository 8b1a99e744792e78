"""Forms of where the record comes from and leads to: links and sources."""

from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.db.models import Q

from officers import citing
from officers.models import Citation, Document, Link
from officers.models.base import Recorded
from officers.record_fields import NUMBER, is_new
from officers.record_forms import RecordForm
from oversight.models import User


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


def find_document(words: str, *, user: User) -> Document:
    """The one document of a title, or of `#` and its number. Raises ValidationError."""
    public, kept = Document.objects.public().values("pk"), Document.objects.kept_by(user).values("pk")
    may_be = Document.objects.filter(Q(pk__in=public) | Q(pk__in=kept)).defer("text")
    number = NUMBER.search(words)
    found = list(may_be.filter(pk=int(number[1])) if number else may_be.filter(title__iexact=words)[:2])
    if len(found) != 1:
        which = "More than one document is" if found else "No document is"
        raise forms.ValidationError(f"{which} called “{words}”. Write # and the number in its address.")
    return found[0]


class CitationForm(RecordForm):
    document_title = forms.CharField(
        label="A document of this record",
        required=False,
        max_length=300,
        help_text="Its title, or # and the number in its address.",
    )

    class Meta:
        model = Citation
        fields = ("title", "url", "page", "kind", "retrieved_on", "field")
        labels: ClassVar = {
            "url": "Address",
            "page": "Page of the document",
            "retrieved_on": "Looked at on",
            "field": "Only for this fact",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.above is not None and is_new(self.instance):
            self.instance.record = self.above._meta.model_name
            self.instance.record_id = self.above.pk
        self._offer_facts()
        if self.instance.document is not None:
            self.fields["document_title"].initial = f"{self.instance.document} #{self.instance.document.pk}"
        self.order_fields(["title", "url", "document_title", "page"])

    def _offer_facts(self) -> None:
        """The fields that people fill in of whatever it is a source of."""
        cited = apps.get_model("officers", self.instance.record)
        names = [each.name for each in cited._meta.concrete_fields if each.editable and not each.primary_key]
        left_out = {"is_published", self.instance.field}
        offered = [(name, citing.fact(cited, name)) for name in names if name not in left_out]
        if self.instance.field:
            offered.insert(0, (self.instance.field, citing.fact(cited, self.instance.field)))
        self.fields["field"] = forms.ChoiceField(
            label="Only for this fact", required=False, choices=[("", "All of it"), *offered]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.in_words("document_title", lambda words: find_document(words, user=self.user))
        document = self.cleaned_data.get("document_title") or None
        if "document_title" not in self.errors:
            self.instance.document = document
        if cleaned.get("page") and document is None and "document_title" not in self.errors:
            self.add_error("page", "Name the document whose page it is.")
        named = cleaned.get("title") or cleaned.get("url") or document
        if not named and not {"url", "document_title"} & set(self.errors):
            self.add_error("title", "Name the source, or give its address.")
        return cleaned
