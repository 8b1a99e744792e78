"""What the import's pages ask."""

from operator import itemgetter
from typing import Any

from django import forms

from officers.models import RosterImport
from officers.rosters.formats import GUESSED, ID, NO_COLUMN, fields_of, sheet_names
from officers.rosters.words import words


class ManyFilesField(forms.FileField):
    """One file or more."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=self.Input(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.jsonl,.zip"}), **options
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        if not chosen:
            raise forms.ValidationError("Choose at least one file.")
        if len(chosen) > 20:
            raise forms.ValidationError("Send at most 20 files at once.")
        return [super(ManyFilesField, self).clean(file, initial) for file in chosen]


class SendRosterForm(forms.Form):
    uploads = ManyFilesField(
        label="Files",
        help_text="CSV, Excel, JSON Lines or a ZIP of CSV files, 100 MB each. They are kept privately until "
        "they are loaded, a week at most.",
        error_messages={"required": "Choose at least one file."},
    )
    source = forms.CharField(
        label="Where do they come from?",
        max_length=60,
        help_text="The same words each time, such as “City payroll”: columns and numbers are remembered for them. "
        "For an export of this site write “this site”.",
        error_messages={"required": "Say where the files come from."},
    )
    dates = forms.ChoiceField(
        label="How are dates like 07-12-2019 meant?",
        choices=[("month", "Month first: 12 July 2019"), ("day", "Day first: 7 December 2019")],
        initial="month",
        widget=forms.RadioSelect,
        help_text="2019-07-12 is always understood.",
    )
    missing = forms.ChoiceField(
        label="Officers at work who are not in the files",
        choices=[("leave", "Leave them as they are"), ("end", "End their assignment")],
        initial="leave",
        widget=forms.RadioSelect,
    )
    ended_on = forms.DateField(
        label="Last day of those assignments",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    pay_year = forms.IntegerField(
        label="Year of the pay, where the files do not say it",
        required=False,
        min_value=1900,
        max_value=2100,
        help_text="A column “Salary” alone does not tell of which year it is.",
    )
    publish = forms.BooleanField(
        label="Publish new incidents, complaints and lawsuits at once",
        required=False,
        help_text="Otherwise they are drafts.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("missing") == "end" and not cleaned.get("ended_on") and "ended_on" not in self.errors:
            self.add_error("ended_on", "Give the day on which their assignments ended.")
        return cleaned

    def options(self) -> dict[str, Any]:
        """As acts.begin takes them."""
        ended_on = self.cleaned_data["ended_on"]
        return {
            "month_first": self.cleaned_data["dates"] == "month",
            "missing": self.cleaned_data["missing"],
            "ended_on": ended_on.isoformat() if ended_on else "",
            "pay_year": self.cleaned_data["pay_year"] or "",
            "publish": self.cleaned_data["publish"],
        }


class ColumnsForm(forms.Form):
    """What one guessed table is, and each of its columns."""

    def __init__(self, table: dict[str, Any], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.table = table
        kinds = [("", "Leave this table out"), *((name, name.replace("_", " ")) for name in sheet_names())]
        self.fields["sheet"] = forms.ChoiceField(
            label=f"What is in “{table['name']}”?", choices=kinds, required=False, initial=table["sheet"]
        )
        choices = _choices(table["sheet"])
        for number, (column, meant) in enumerate(zip(table["header"], table["columns"], strict=True)):
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=column or f"Column {number + 1}", choices=choices, required=False, initial=meant
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sheet, taken = cleaned.get("sheet", ""), set[str]()
        possible = {ID, NO_COLUMN, *(fields_of(sheet) if sheet else ())}
        for number in range(len(self.table["header"])):
            meant = cleaned.get(f"column{number}", NO_COLUMN)
            if sheet and meant not in possible:
                self.add_error(f"column{number}", f"There is no such column in {sheet.replace('_', ' ')}.")
            elif meant != NO_COLUMN and meant in taken:
                self.add_error(f"column{number}", "Another column is that already.")
            taken.add(meant)
        return cleaned

    def meant(self) -> tuple[str, list[str]]:
        columns = [self.cleaned_data[f"column{number}"] for number in range(len(self.table["header"]))]
        return self.cleaned_data["sheet"], columns


def _choices(sheet: str) -> list[tuple[str, Any]]:
    """What a column may be: first what a table of this kind has, then what others have."""
    own = fields_of(sheet) if sheet else {}
    others = {name for each in sheet_names() for name in fields_of(each)} - set(own)
    groups = ((f"In {sheet.replace('_', ' ')}", set(own)), ("In other tables", others))
    return [
        (NO_COLUMN, "Leave this column out"),
        (ID, "its number in the source"),
        *(
            (title, sorted(((n, words(n)) for n in names), key=itemgetter(1)))
            for title, names in groups
            if names
        ),
    ]


def column_forms(held: RosterImport, data: Any = None) -> list[tuple[dict[str, Any], ColumnsForm | None]]:
    """Every table, with a form where it was guessed."""
    return [
        (table, ColumnsForm(table, data, prefix=f"table{n}") if table["format"] == GUESSED else None)
        for n, table in enumerate(held.tables)
    ]
