"""Forms of what happened: incidents with place, officers and plates; lawsuits with their parties; linked careers."""

from typing import Any, ClassVar

from django import forms
from django.db.models.functions import Now

from officers import merging
from officers.about_forms import AboutIncidentForm
from officers.models import CareerLink, Incident, Lawsuit, LawsuitParty, Location, State
from officers.models.base import Recorded
from officers.models.incident import no_street_number
from officers.record_fields import (
    OfficerField,
    OfficersField,
    find_officer,
    find_plates,
    is_new,
    lines,
    written,
    written_plate,
)
from officers.record_forms import RecordForm

PLACE = ("street_name", "cross_street1", "cross_street2", "city", "state", "zip_code")


def _street(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=100, required=False, validators=[no_street_number])


class IncidentForm(RecordForm):
    """The place is written out; a place that was written before is used again."""

    street_name = _street("Street, without the number")
    cross_street1 = _street("Cross street")
    cross_street2 = _street("Another cross street")
    city = forms.CharField(max_length=100, required=False)
    state = forms.ModelChoiceField(State.objects.all(), required=False)
    zip_code = forms.RegexField(
        "^[0-9]{5}$",
        label="ZIP code",
        required=False,
        error_messages={"invalid": "A ZIP code is five digits."},
    )
    officer_names = OfficersField(label="Officers who were there")
    plates = forms.CharField(
        label="License plates",
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text="One a line: the number, then the state, such as ABC123 OH.",
    )
    hangs_on = "department"
    has_topics = True

    class Meta:
        model = Incident
        fields = ("date", "time", "report_number", "description", "is_published")
        labels: ClassVar = {"is_published": "Show it to everybody at once"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["time"].widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        place: Any = self.instance.location
        for name in PLACE if place else ():
            self.fields[name].initial = getattr(place, f"{name}_id" if name == "state" else name)
        if not is_new(self.instance):
            self.fields["officer_names"].initial = "\n".join(map(written, self.instance.officers.all()))
            self.fields["plates"].initial = "\n".join(map(written_plate, self.instance.license_plates.all()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = self.instance.department
        self.in_words(
            "officer_names",
            lambda text: [find_officer(line, user=self.user, department=where) for line in lines(text)],
        )
        self.in_words("plates", find_plates)
        return cleaned

    def save_all(self) -> Recorded:
        place = {name: self.cleaned_data[name] for name in PLACE}
        self.instance.location = Location.objects.get_or_create(**place)[0] if any(place.values()) else None
        saved = super().save_all()
        self.instance.officers.set(self.cleaned_data["officer_names"] or [])
        self.instance.license_plates.set(self.cleaned_data["plates"] or [])
        seen = self.cleaned_data["version"]  # who was there is a new version too, where nothing else changed
        Incident.objects.filter(pk=saved.pk, version=seen).update(updated_at=Now())
        return saved


class LawsuitForm(AboutIncidentForm):
    class Meta:
        model = Lawsuit
        fields = [
            "title",
            "court",
            "docket_number",
            "filed_on",
            "closed_on",
            "nature",
            "outcome",
            "amount",
            "summary",
            "is_published",
        ]
        labels: ClassVar = {
            "amount": "Paid or awarded, in dollars",
            "nature": "What it is about",
            "is_published": "Show it to everybody at once",
        }


class PartyForm(RecordForm):
    named_officer = OfficerField(label="Is it an officer of the record?", required=False)
    hangs_on = "lawsuit"

    class Meta:
        model = LawsuitParty
        fields = ("role", "name")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["named_officer"].initial = written(self.instance.officer) if self.instance.officer else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = self.instance.lawsuit.department
        self.in_words("named_officer", lambda words: find_officer(words, user=self.user, department=where))
        self.instance.officer = self.cleaned_data.get("named_officer") or None
        if not cleaned.get("name") and self.instance.officer is None and "named_officer" not in self.errors:
            self.add_error("name", "Give a name, or the officer.")
        return cleaned


class CareerForm(RecordForm):
    """Another row of the same person, in another agency."""

    other = OfficerField(label="The same person elsewhere", help_text="Their number with #, or their name.")

    class Meta:
        model = CareerLink
        fields = ("confidence",)
        labels: ClassVar = {"confidence": "How sure are you?"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_new(self.instance):
            del self.fields["other"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.in_words("other", lambda words: find_officer(words, user=self.user, department=None))
        if self.cleaned_data.get("other") == self.above and self.above is not None:
            self.add_error("other", merging.SAME)
        if is_new(self.instance) and self.cleaned_data.get("other"):
            pair = sorted((self.above, self.cleaned_data["other"]), key=lambda officer: officer.pk)
            self.instance.first, self.instance.second = pair
        return cleaned

    def save_all(self) -> Recorded:
        link, why = self.instance, self.cleaned_data["why"]
        return merging.link_careers(
            one=link.first, other=link.second, confidence=link.confidence, by=self.user, why=why
        )
