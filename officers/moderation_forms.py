"""What people tell us is wrong, what they ask to have taken down, and what coordinators decide."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from officers import private_details
from officers.forms import DepartmentField, published_departments
from officers.models import Department, Flag, Hold, Takedown

MOST_LETTERS = 2000
NO_DETAILS = "Please leave out phone numbers, e-mail and home addresses, yours and anybody’s."


class WordsField(forms.CharField):
    """Free text in which private details are refused, with what was typed kept on the page."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MOST_LETTERS)
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**options)

    def validate(self, value: Any) -> None:
        super().validate(value)
        private_details.refuse(value or "")


class FlagPhotoForm(forms.Form):
    """A photo, or one face in it."""

    reason = forms.ChoiceField(
        label="What is wrong?",
        choices=Flag.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong."},
    )
    text = WordsField(label="Is there more we should know?", required=False, help_text=NO_DETAILS)

    def clean(self) -> dict[str, Any]:
        """ "Something else" says nothing by itself."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") == Flag.Reason.OTHER and "text" in cleaned and not cleaned["text"]:
            self.add_error("text", "Say in a few words what is wrong.")
        return cleaned


class FlagOfficerForm(FlagPhotoForm):
    """An officer's page, or a fact on it. A child is in a photo: that is flagged there, where it hides at once."""

    part = forms.ChoiceField(
        label="Where on the page?", choices=Flag.Part.choices, required=False, widget=forms.RadioSelect
    )
    field_order = ["reason", "part", "text"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fitting = [choice for choice in Flag.Reason.choices if choice[0] != Flag.Reason.MINOR]
        self.fields["reason"].choices = fitting  # type: ignore[attr-defined]


class TakedownForm(forms.Form):
    asker = forms.ChoiceField(
        label="Who are you?",
        choices=Takedown.Asker.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who you are."},
    )
    links = forms.CharField(
        label="What is it about?",
        help_text="Copy the address of the page or photo from the top of your browser. One on each line.",
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Paste the address of the page or photo."},
    )
    why = WordsField(
        label="Why should it be taken down?",
        help_text=NO_DETAILS,
        error_messages={"required": "Say in a few words why."},
    )
    contact = forms.CharField(
        label="How can we reach you?",
        required=False,
        max_length=300,
        help_text="You need not say. You get a code to read our answer with. What you write here is seen by"
        " administrators only, and deleted some days after the answer.",
    )


class DecideForm(forms.Form):
    """What a coordinator does about a flag. Which outcomes fit is the page's business; flags.py refuses the others."""

    outcome = forms.ChoiceField(choices=Flag.Outcome.choices[1:])
    finding = forms.CharField(
        label="What did you find?", max_length=MOST_LETTERS, widget=forms.Textarea(attrs={"rows": 2})
    )
    department = DepartmentField(
        queryset=Department.objects.none(), required=False, empty_label="Choose a department"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].queryset = published_departments()  # type: ignore[attr-defined]


def reasons_to_hold() -> list[tuple[str, str]]:
    """What a person may choose: a deletion has its own button."""
    return [choice for choice in Hold.Reason.choices if choice[0] != Hold.Reason.DELETED]


class HoldForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why?", widget=forms.RadioSelect, error_messages={"required": "Choose why."}
    )
    days = forms.IntegerField(
        label="For how many days?",
        required=False,
        min_value=1,
        max_value=3650,
        help_text="Leave it empty to hide it until somebody shows it again.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = reasons_to_hold()  # type: ignore[attr-defined]

    def until(self) -> datetime | None:
        """When the hold of a valid form ends by itself."""
        days = self.cleaned_data.get("days")
        return timezone.now() + timedelta(days=days) if days else None
