"""Forms of documents: sending one, and saying what it is about."""

from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

from officers import private_details
from officers.forms import DepartmentField
from officers.models import Complaint, Department, Document, Incident, Lawsuit
from officers.models.base import Recorded
from officers.record_fields import NUMBER, OfficersField, find_officer, is_new, lines, written
from officers.record_forms import RecordForm
from oversight.models import User

NUMBERS: dict[str, tuple[type[Model], str]] = {
    "incidents": (Incident, "report_number"),
    "complaints": (Complaint, "record_number"),
    "lawsuits": (Lawsuit, "docket_number"),
}


def find_case(name: str, words: str, *, user: User) -> Any:
    """The one incident, complaint or lawsuit of a number, or of `#` and ours. Raises ValidationError."""
    model, number = NUMBERS[name]
    objects: Any = model._default_manager
    may_be = objects.filter(
        Q(pk__in=objects.public().values("pk")) | Q(pk__in=objects.kept_by(user).values("pk"))
    )
    own = NUMBER.search(words)
    found = list(may_be.filter(pk=int(own[1])) if own else may_be.filter(**{f"{number}__iexact": words})[:2])
    if len(found) != 1:
        which = "There is more than one" if found else "There is no"
        raise forms.ValidationError(
            f"{which} {model._meta.verbose_name} “{words}”. Write its number, or # and the number in its address."
        )
    return found[0]


def written_case(name: str, case: Any) -> str:
    number = getattr(case, NUMBERS[name][1])
    return f"{number} #{case.pk}" if number else f"#{case.pk}"


def _cases(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text="One a line: its number.",
    )


class DocumentForm(RecordForm):
    """What a document is called and what it is about. Whether it is public is decided on a page of its own."""

    officer_names = OfficersField(label="Officers it is about")
    incident_numbers = _cases("Incidents it is about")
    complaint_numbers = _cases("Complaints it is about")
    lawsuit_numbers = _cases("Lawsuits it is about")

    class Meta:
        model = Document
        fields = ("title", "description")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_new(self.instance):  # they come as files
            raise TypeError("a document is added by sending a file")
        self.fields["officer_names"].initial = "\n".join(map(written, self.instance.officers.all()))
        for name in NUMBERS:
            cases = getattr(self.instance, name).all()
            field = self.fields[f"{name[:-1]}_numbers"]
            field.initial = "\n".join(written_case(name, case) for case in cases)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = self.instance.department
        self.in_words(
            "officer_names",
            lambda text: [find_officer(line, user=self.user, department=where) for line in lines(text)],
        )
        for name in NUMBERS:
            self.in_words(
                f"{name[:-1]}_numbers",
                lambda text, name=name: [find_case(name, line, user=self.user) for line in lines(text)],
            )
        return cleaned

    def save_all(self) -> Recorded:
        saved = super().save_all()
        self.instance.officers.set(self.cleaned_data["officer_names"] or [])
        for name in NUMBERS:
            getattr(self.instance, name).set(self.cleaned_data[f"{name[:-1]}_numbers"] or [])
        seen = self.cleaned_data["version"]  # what it is about is a new version too
        Document.objects.filter(pk=saved.pk, version=seen).update(updated_at=Now())
        return saved


def open_departments(user: User) -> QuerySet[Department]:
    """Those that everybody sees, and those that this person keeps."""
    kept = Department.objects.kept_by(user).values("pk")
    either = Department.objects.filter(Q(is_published=True) | Q(pk__in=kept))
    return either.select_related("state").order_by("state__name", "name")


class SendDocumentForm(forms.Form):
    department = DepartmentField(
        queryset=Department.objects.none(),
        label="Which department is it about?",
        empty_label="Choose a department",
        error_messages={"required": "Choose the department it is about."},
    )
    title = forms.CharField(
        label="Title",
        max_length=200,
        help_text="As it stands on the document, such as “Use of force policy, 2024”.",
        error_messages={"required": "Give it a title."},
    )
    description = forms.CharField(
        label="What is in it, and where is it from?",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[private_details.refuse],
    )
    file = forms.FileField(
        label="The PDF",
        help_text="Up to 40 MB and 1,000 pages, without a password.",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": "Choose a PDF.", "empty": "That file is empty. Choose it again."},
    )
    field_order = ("department", "file", "title", "description")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["department"]
        chosen.queryset = open_departments(user)
