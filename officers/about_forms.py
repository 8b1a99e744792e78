"""What forms of complaints and lawsuits have in common: the incident that led to them."""

from typing import Any, ClassVar

from django import forms

from officers.connected_fields import find_incident
from officers.record_forms import RecordForm


class AboutIncidentForm(RecordForm):
    """A caller that does not send `about` leaves the incident as it is."""

    about = forms.CharField(
        label="Which incident is it about?",
        required=False,
        max_length=100,
        help_text="Its report number, or # and its number here.",
    )
    hangs_on = "department"
    has_topics: ClassVar[bool] = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        incident: Any = self.instance.incident
        self.fields["about"].initial = f"{incident} #{incident.pk}" if incident else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = self.instance.department
        self.in_words("about", lambda words: find_incident(words, where))
        if self.add_prefix("about") in self.data and "about" not in self.errors:
            self.instance.incident = self.cleaned_data.get("about") or None
        return cleaned
