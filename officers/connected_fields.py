"""Fields of several forms that connect a record with others: the topics it is under, the incident it is about."""

from typing import Any

from django import forms

from officers.models import Department, Incident, Topic
from officers.record_fields import NUMBER, lines

LONGEST_TOPIC = 60
MOST_TOPICS = 20
DAY = {"type": "date"}


class TopicsField(forms.CharField):
    """Names of topics, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label="Topics",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="One a line, such as “Pepper spray”. Everything under a topic is found together.",
            **options,
        )

    def clean(self, value: Any) -> list[str]:
        names = list(dict.fromkeys(lines(super().clean(value))))
        if len(names) > MOST_TOPICS:
            raise forms.ValidationError(f"Name at most {MOST_TOPICS} topics.")
        if any(len(name) > LONGEST_TOPIC for name in names):
            raise forms.ValidationError(f"A topic has at most {LONGEST_TOPIC} letters.")
        return names


def topics_of(record: Any) -> str:
    """As TopicsField reads and writes them."""
    return "\n".join(record.topics.values_list("name", flat=True))


def gather(record: Any, names: list[str]) -> None:
    """Put a record under these topics and no others; those that are not there yet are made."""
    record.topics.set(
        Topic.objects.filter(name__iexact=name).first() or Topic.objects.create(name=name) for name in names
    )


def find_incident(words: str, department: Department) -> Incident:
    """The one incident of a department by report number, or `#` and a number. Raises ValidationError."""
    here = Incident.objects.filter(department=department)
    number = NUMBER.search(words)
    found = list(here.filter(pk=int(number[1])) if number else here.filter(report_number__iexact=words)[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise forms.ValidationError("Several incidents have this report number. Write # and the number.")
    raise forms.ValidationError(f"{department.name} has no incident “{words}”.")


def dress(field: forms.Field) -> None:
    """A field as our pages show it; an empty choice says what it means."""
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(format="%Y-%m-%d", attrs=DAY)
    elif isinstance(field, forms.ModelChoiceField):
        field.empty_label = "Choose" if field.required else "Not known"
    elif isinstance(field, forms.TypedChoiceField) and not field.required:
        choices: Any = field.choices
        field.choices = [("", "Not known"), *(one for one in choices if one[0] != "")]
    elif isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 4
