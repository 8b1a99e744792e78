"""One form for every kind of record, in plain words. What a form lets through is saved by officers/records.py.

`user` is who fills it in: only departments that they keep are offered. `above` is what a new record hangs on.
"""

from typing import Any, ClassVar

from django import forms

from officers.connected_fields import TopicsField, dress, gather, topics_of
from officers.models import (
    Assignment,
    Certification,
    Department,
    Description,
    Note,
    Officer,
    OfficerAlias,
    Rank,
    Salary,
    Unit,
)
from officers.models.base import Recorded
from officers.record_fields import find_named, is_new
from oversight.models import User

NOT_KEPT = "Choose a department that you keep."


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """`version` is what the editor saw, `why` their reason for the history."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(
        label="Why, or from which source?", required=False, max_length=300, help_text="Kept in the history."
    )
    hangs_on: ClassVar[str] = ""  # the field that names the record above
    has_topics: ClassVar[bool] = False

    def __init__(self, *args: Any, user: User, above: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.above = user, above
        self.fields["version"].initial = self.instance.version
        for name, field in self.fields.items():
            dress(field)
            if name == "department" and isinstance(field, forms.ModelChoiceField):
                self._offer_departments(field)
        if is_new(self.instance) and self.hangs_on and above is not None:
            setattr(self.instance, self.hangs_on, above)
        if not is_new(self.instance):
            self.fields.pop("is_published", None)  # its own act, with its own button
        if self.has_topics:
            known = "" if is_new(self.instance) else topics_of(self.instance)
            self.fields["topic_names"] = TopicsField(initial=known)
        last = ("topic_names", "is_published", "why")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def _offer_departments(self, field: "forms.ModelChoiceField[Department]") -> None:
        """Those that the user keeps; of a new fact about an officer, those where the officer is."""
        offered = Department.objects.kept_by(self.user)
        if isinstance(self.above, Officer) and not isinstance(self.instance, Assignment):
            offered = offered.filter(pk__in=self.above.assignments.values("department"))
        field.queryset = offered.distinct()
        if isinstance(self.above, Department):
            self.instance.department = self.above
            del self.fields["department"]
        elif is_new(self.instance) and offered.count() == 1:
            field.initial = offered.first()

    @property
    def own_department(self) -> Department | None:
        """The department that the form names, while it is being checked."""
        named = self.cleaned_data.get("department") if "department" in self.fields else None
        return named or getattr(self.instance, "department", None)

    def in_words(self, name: str, resolve: Any) -> None:
        """Turn what was typed into `name` into what it means, or say what is wrong with it there."""
        if self.cleaned_data.get(name):
            try:
                self.cleaned_data[name] = resolve(self.cleaned_data[name])
            except forms.ValidationError as wrong:
                self.add_error(name, wrong)

    def save_all(self) -> Recorded:
        """Save the record and what is connected with it. Inside the caller's act."""
        saved: Recorded = self.save()
        return saved

    @property
    def has_new_topics(self) -> bool:
        return "topic_names" in self.changed_data and self.add_prefix("topic_names") in self.data

    def save_topics(self, saved: Recorded) -> None:
        """In an act of its own: topics are everybody's, so that only an admin could take back both together."""
        gather(saved, self.cleaned_data["topic_names"])


class DepartmentForm(RecordForm):
    has_topics = True

    class Meta:
        model = Department
        fields = [
            "name",
            "short_name",
            "kind",
            "state",
            "county",
            "city",
            "internal_id_label",
            "website",
            "office_phone",
            "office_email",
            "complaint_office",
            "ori",
            "founded_year",
            "time_zone",
            "about",
            "is_published",
        ]
        labels: ClassVar = {
            "internal_id_label": "What its number for an officer is called",
            "complaint_office": "Where to complain about its officers",
            "founded_year": "Founded in",
            "is_published": "Show it to everybody at once",
        }
        help_texts: ClassVar = {
            "time_zone": "Only where it differs from its state’s, such as America/Denver."
        }

    def clean_county(self) -> str:
        return str(self.cleaned_data["county"]).strip().lower()

    def clean_city(self) -> str:
        return str(self.cleaned_data["city"]).strip().lower()


class RankForm(RecordForm):
    hangs_on = "department"

    class Meta:
        model = Rank
        fields = ("name", "order", "is_sworn_officer")
        labels: ClassVar = {
            "order": "Place (a higher number is a higher rank)",
            "is_sworn_officer": "Sworn officers",
        }


class UnitForm(RecordForm):
    hangs_on = "department"

    class Meta:
        model = Unit
        fields = ("name",)


class OfficerForm(RecordForm):
    """A new officer begins with an assignment in the department above."""

    has_topics = True

    badge_number = forms.CharField(label="Badge number", max_length=120, required=False)

    class Meta:
        model = Officer
        fields = [
            "first_name",
            "middle_name",
            "last_name",
            "suffix",
            "race",
            "gender",
            "birth_year",
            "employment_date",
            "internal_id",
            "is_published",
        ]
        labels: ClassVar = {
            "birth_year": "Year of birth, as far as known",
            "employment_date": "Hired on",
            "internal_id": "The department’s number for them",
            "is_published": "Show them to everybody at once",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_new(self.instance):
            del self.fields["badge_number"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("last_name") and not cleaned.get("badge_number") and is_new(self.instance):
            self.add_error("last_name", "Give a last name or a badge number.")
        return cleaned

    def save_all(self) -> Recorded:
        is_added = is_new(self.instance)
        saved = super().save_all()
        if is_added:
            badge = self.cleaned_data["badge_number"]
            Assignment.objects.create(officer_id=saved.pk, department=self.above, badge_number=badge)
        return saved


class AssignmentForm(RecordForm):
    rank_name = forms.CharField(label="Rank", max_length=255, required=False)
    unit_name = forms.CharField(label="Unit", max_length=255, required=False)
    hangs_on = "officer"

    class Meta:
        model = Assignment
        fields = [
            "department",
            "badge_number",
            "start_date",
            "end_date",
            "status",
            "separation",
            "separation_note",
        ]
        labels: ClassVar = {
            "start_date": "From",
            "end_date": "Until",
            "separation": "Why they left",
            "separation_note": "Why they left, in the source’s words",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rank_name"].initial = self.instance.rank.name if self.instance.rank else ""
        self.fields["unit_name"].initial = self.instance.unit.name if self.instance.unit else ""
        self.order_fields(["department", "badge_number", "rank_name", "unit_name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = self.own_department
        if where is not None:
            self.in_words("rank_name", lambda name: find_named(Rank, name, where))
            self.in_words("unit_name", lambda name: find_named(Unit, name, where))
        self.instance.rank = self.cleaned_data.get("rank_name") or None
        self.instance.unit = self.cleaned_data.get("unit_name") or None
        return cleaned


class AliasForm(RecordForm):
    hangs_on = "officer"

    class Meta:
        model = OfficerAlias
        fields = ("name", "kind")


class CertificationForm(RecordForm):
    hangs_on = "officer"

    class Meta:
        model = Certification
        fields = ("state", "name", "value")
        labels: ClassVar = {"name": "What the state calls it", "value": "Number"}


class SalaryForm(RecordForm):
    year = forms.IntegerField(min_value=1900, max_value=2100)
    hangs_on = "officer"

    class Meta:
        model = Salary
        fields = ("department", "year", "is_fiscal_year", "salary", "overtime_pay")
        labels: ClassVar = {
            "is_fiscal_year": "This is a fiscal year",
            "salary": "Pay, in dollars",
            "overtime_pay": "Overtime, in dollars",
        }
        help_texts: ClassVar = {"overtime_pay": "Leave it empty when it is not known."}


class DescriptionForm(RecordForm):
    hangs_on = "officer"

    class Meta:
        model = Description
        fields = ("department", "text")

    def save_all(self) -> Recorded:
        if is_new(self.instance):
            self.instance.written_by = self.user
        return super().save_all()


class NoteForm(DescriptionForm):
    class Meta:
        model = Note
        fields = ("department", "text")
