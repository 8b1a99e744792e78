"""Forms of complaints: what was complained of, who is accused, what was found, and what followed."""

from typing import Any, ClassVar

from officers.about_forms import AboutIncidentForm
from officers.models import Allegation, Complaint, Finding, Penalty
from officers.record_fields import OfficerField, find_officer, written
from officers.record_forms import RecordForm


class ComplaintForm(AboutIncidentForm):
    class Meta:
        model = Complaint
        fields = (
            "record_number",
            "category",
            "received_on",
            "closed_on",
            "summary",
            "outcome",
            "is_published",
        )
        labels: ClassVar = {"is_published": "Show it to everybody at once"}


class AllegationForm(RecordForm):
    accused = OfficerField(label="The officer who is accused", required=False)
    hangs_on = "complaint"

    class Meta:
        model = Allegation
        fields = ("accused_as", "allegation", "subtype", "directive", "details")
        labels: ClassVar = {"accused_as": "Their name as the source writes it"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["accused"].initial = written(self.instance.officer) if self.instance.officer else ""
        self.order_fields(["accused"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = self.instance.complaint.department
        self.in_words("accused", lambda words: find_officer(words, user=self.user, department=where))
        self.instance.officer = self.cleaned_data.get("accused") or None
        return cleaned


class FindingForm(RecordForm):
    hangs_on = "allegation"

    class Meta:
        model = Finding
        fields = ("disposition", "as_written", "found_by", "is_recommendation", "found_on")
        labels: ClassVar = {
            "as_written": "In the source’s words",
            "is_recommendation": "Only a recommendation",
        }


class PenaltyForm(RecordForm):
    hangs_on = "finding"

    class Meta:
        model = Penalty
        fields = ("penalty", "days", "amount", "is_recommendation", "assessed_on")
        labels: ClassVar = {"amount": "Dollars", "is_recommendation": "Only a recommendation"}
