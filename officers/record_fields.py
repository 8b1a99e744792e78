"""Fields in which people write what they know: a name or a badge instead of a number copied from another page."""

import re
from typing import Any

from django import forms
from django.db.models import Model, Q

from officers import name_search
from officers.models import Department, LicensePlate, Officer, Rank, State, Unit
from oversight.models import User

MOST_NAMED = 10
NUMBER = re.compile(r"#(\d{1,18})\s*$")


def find_officer(words: str, *, user: User, department: Department | None) -> Officer:
    """The one officer of a name, a badge, or `#` and a number. Raises ValidationError that names who it could be."""
    may_be = Officer.objects.filter(
        Q(pk__in=Officer.objects.public().values("pk")) | Q(pk__in=Officer.objects.kept_by(user).values("pk"))
    )
    number = NUMBER.search(words)
    if number:
        found = list(may_be.filter(pk=int(number[1])))
    else:
        here = may_be.in_department(department.pk) if department else may_be
        found = list(name_search.named(here, words)[: MOST_NAMED + 1])
    if len(found) == 1:
        return found[0]
    if not found:
        raise forms.ValidationError(f"Nobody here is called “{words}”. Write a name, or a badge number.")
    could_be = "; ".join(written(officer) for officer in found[:MOST_NAMED])
    raise forms.ValidationError(
        f"“{words}” could be several people. Write one of them with the number: {could_be}."
    )


def written(officer: Officer) -> str:
    """An officer as these fields read and write them."""
    return f"{officer.full_name} #{officer.pk}"


class OfficerField(forms.CharField):
    """One officer in words; the form turns it into the officer."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "A name or a badge number.")
        super().__init__(**{"max_length": 200, **options})


class OfficersField(forms.CharField):
    """Any number of officers, one a line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "One officer a line: a name or a badge number.")
        super().__init__(
            **{"max_length": 5000, "required": False, "widget": forms.Textarea(attrs={"rows": 4}), **options}
        )


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def find_named(model: type[Rank | Unit], name: str, department: Department) -> Any:
    """A rank or unit of a department by its name. Raises ValidationError that names those there are."""
    there = model._default_manager.filter(department=department)
    found = there.filter(name__iexact=name).first()
    if found is None:
        names = ", ".join(there.values_list("name", flat=True)[:MOST_NAMED]) or "none yet"
        raise forms.ValidationError(
            f"{department.name} has no such {model._meta.verbose_name}. It has: {names}."
        )
    return found


def find_plates(text: str) -> list[LicensePlate]:
    """Plates, one a line, each with its state after it where that is known. Raises ValidationError."""
    plates = []
    states = set(State.objects.values_list("code", flat=True))
    for line in lines(text):
        *number, last = line.upper().split()
        state = last if number and last in states else None
        written_number = " ".join(number) if state else line.upper()
        if len(written_number) > 10 or not re.search("[A-Z0-9]", written_number):
            raise forms.ValidationError(
                f"“{line}” is not a plate. Write the number, then the state: ABC123 OH."
            )
        plates.append(LicensePlate.objects.get_or_create(number=written_number, state_id=state)[0])
    return plates


def written_plate(plate: LicensePlate) -> str:
    return f"{plate.number} {plate.state_id}" if plate.state_id else plate.number


def is_new(record: Model) -> bool:
    return record.pk is None
