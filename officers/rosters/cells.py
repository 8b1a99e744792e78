"""One cell: from whatever somebody wrote to the record's spelling, or plain words about what is wrong with it.

A file of our own is read as it stands (`exact`), so that nothing is lost on the way out and in again. Everything else
is trimmed, and the usual spellings of choices, dates and sums are understood.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from officers.models import State
from officers.rosters.fields import Field
from officers.rosters.outer_sheets import CITED, WHOLE_DEPARTMENT
from officers.rosters.sheets import Sheet
from officers.rosters.spellings import FALSE, SPELLINGS, SUFFIXES, TRUE, UNKNOWN


class WrongCell(Exception):
    """Says in plain words what is wrong."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are read: `exact` for our own files; `month_first` for 07-12-2019 as 12 July."""

    exact: bool = False
    month_first: bool = True


_SUM = re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$|^\d+(\.\d*)?$")
_ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$")
_NUMBERS = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})$")
_WRITTEN_OUT = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y")
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H%M")
MOST_SUM = Decimal("9999999999.99")
LONGEST_TOLD = 200


def read(field: Field, text: str, sheet: Sheet, reading: Reading) -> str | list[str]:
    """The cell as the record spells it. Raises WrongCell."""
    if "\0" in text:
        raise WrongCell("There is a sign in it that no text has.")
    if not reading.exact:
        text = text.strip()
    kind, _, choice = field.kind.partition(":")
    if kind in _LISTS:
        return _LISTS[kind](text)
    if field.name != "description" and kind not in {"text", "told"} and text.casefold() in UNKNOWN:
        text = ""
    if not text:
        return ""
    if kind == "choice":
        return _choice(choice, text)
    if (kind, field.name) == ("place", "state"):
        kind = "state"
    found = _KINDS.get(kind, _as_is)(text, reading)
    _validate(sheet.model, field, found)
    return found


def _as_is(text: str, _reading: Reading) -> str:
    return text


def _choice(path: str, text: str) -> str:
    meant = _words(path)
    found = meant.get(text.casefold())
    if found is None:
        good = ", ".join(sorted({value for value in meant.values() if value}))
        raise WrongCell(f"“{text}” is none of the words known here: {good}.")
    return found


@lru_cache
def _words(path: str) -> dict[str, str]:
    model, name = path.split(".")
    choices: Any = apps.get_model("officers", model)._meta.get_field(name).choices
    words = {str(value).casefold(): str(value) for value, _ in choices}
    words |= {str(label).casefold(): str(value) for value, label in choices}
    return words | SPELLINGS.get(path, {})


def _suffix(text: str, reading: Reading) -> str:
    if reading.exact:
        return text
    plain = text.rstrip(".").casefold()
    if re.fullmatch(r"[ivx]+", plain):
        return plain.upper()
    return SUFFIXES.get(plain, text)


def _date(text: str, reading: Reading) -> str:
    try:
        if found := _ISO.match(text):
            return date(*map(int, found.groups())).isoformat()
        if found := _NUMBERS.match(text):
            first, second, year = found.groups()
            month, day = (first, second) if reading.month_first else (second, first)
            return date(_full_year(year), int(month), int(day)).isoformat()
    except ValueError:
        pass
    for form in _WRITTEN_OUT:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    order = "month/day/year" if reading.month_first else "day/month/year"
    raise WrongCell(f"“{text}” is not a date. Write 2019-07-12, or {order}.")


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return 2000 + int(year) if int(year) <= datetime.now().year % 100 + 1 else 1900 + int(year)  # noqa: DTZ005


def _time(text: str, _reading: Reading) -> str:
    for form in _TIMES:
        try:
            return datetime.strptime(text.upper(), form).time().isoformat()  # noqa: DTZ007 - the clock on a wall
        except ValueError:
            continue
    try:
        return time.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongCell(f"“{text}” is not a time. Write 06:30 or 6:30 PM.") from None


def _year(text: str, _reading: Reading) -> str:
    if re.fullmatch(r"(19|20)\d\d|2100", text.removesuffix(".0")):
        return text.removesuffix(".0")
    raise WrongCell(f"“{text}” is not a year from 1900 to 2100.")


def _whole(text: str, _reading: Reading) -> str:
    if re.fullmatch(r"\d{1,9}", text.removesuffix(".0")):
        return str(int(text.removesuffix(".0")))
    raise WrongCell(f"“{text}” is not a whole number.")


def _money(text: str, _reading: Reading) -> str:
    plain = text.replace("$", "").replace(" ", "").replace("USD", "")
    if not _SUM.match(plain):
        raise WrongCell(f"“{text}” is not a sum of money. Write 50000 or $50,000.00.")
    found = Decimal(plain.replace(",", "")).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    if found > MOST_SUM:
        raise WrongCell(f"“{text}” is more than the record can hold.")
    return str(found)


def _flag(text: str, _reading: Reading) -> str:
    plain = text.casefold()
    if plain not in TRUE | FALSE:
        raise WrongCell(f"“{text}” is neither yes nor no.")
    return "true" if plain in TRUE else "false"


def _state(text: str, _reading: Reading) -> str:
    found = known_states().get(text.casefold())
    if found is None:
        raise WrongCell(f"“{text}” is not a state. Write its two letters.")
    return found


@lru_cache(maxsize=1)
def known_states() -> dict[str, str]:
    """Codes by what people write. Asked before a COPY, in which nothing else can be asked."""
    rows = list(State.objects.values_list("code", "name"))
    return {code.casefold(): code for code, _ in rows} | {name.casefold(): code for code, name in rows}


def _reference(text: str, _reading: Reading) -> str:
    if len(text) > 60:
        raise WrongCell("That is too long for the number of a record.")
    return text.removesuffix(".0") if re.fullmatch(r"\d+\.0", text) else text


def _cited(text: str, _reading: Reading) -> str:
    known = {WHOLE_DEPARTMENT: WHOLE_DEPARTMENT}
    for model, sheet in CITED.items():
        known |= {model: model, sheet.name: model}
    if text.casefold() not in known:
        raise WrongCell(
            f"“{text}” is no kind of record that has sources: {', '.join([*CITED, WHOLE_DEPARTMENT])}."
        )
    return known[text.casefold()]


def _told(text: str, _reading: Reading) -> str:
    if len(text) > LONGEST_TOLD:
        raise WrongCell(f"That has more than {LONGEST_TOLD} letters.")
    return text


def _references(text: str) -> list[str]:
    """`#1|49483`; OpenOversight also writes `[1, 2]` and `<Officer ID 1: …>`, and some sheets `1, 2`."""
    if text.startswith("<"):
        found = re.findall(r"<Officer ID (\d+):", text)
    elif text.startswith("["):
        found = re.findall(r"\d+", text)
    else:
        found = [part.strip() for part in re.split(r"[|,;]", text)]
    return list(dict.fromkeys(_reference(part, Reading()) for part in found if part))


_ORCA_PLATE = re.compile(r"<LicensePlate \(id: \d+ : number: (.+?) : state: (\w*)\)>")


def _plates(text: str) -> list[str]:
    """`ABC123_IL|B991`. A plate that has `_` in its number and no state ends in `_`."""
    if text.startswith("<"):
        parts = [
            number + (f"_{state}" if _is_state(state) else "") for number, state in _ORCA_PLATE.findall(text)
        ]
    else:
        parts = [part.strip() for part in text.split("|")]
    for part in parts:
        number, _, state = part.rpartition("_")
        if state and number and not _is_state(state):
            raise WrongCell(f"“{state}” in “{part}” is not a state. Write ABC123_IL.")
        if part and (len(number or part) > 10 or not re.search(r"[A-Za-z0-9]", number or part)):
            raise WrongCell(f"“{number or part}” is not a license plate of at most 10 signs.")
    return sorted({part for part in parts if part})


def _is_state(code: str) -> bool:
    return len(code) == 2 and known_states().get(code.casefold()) == code


def _names(text: str) -> list[str]:
    found = {part.strip() for part in text.split("|")} - {""}
    if any(len(name) > 60 for name in found):
        raise WrongCell("A topic has at most 60 letters.")
    return sorted(found)


_LISTS: dict[str, Callable[[str], list[str]]] = {
    "references": _references,
    "plates": _plates,
    "topics": _names,
}
_KINDS: dict[str, Callable[[str, Reading], str]] = {
    "suffix": _suffix,
    "date": _date,
    "time": _time,
    "year": _year,
    "whole": _whole,
    "money": _money,
    "flag": _flag,
    "state": _state,
    **dict.fromkeys(["reference", "elsewhere", "cited number", "document"], _reference),
    "cited": _cited,
    "told": _told,
}
_MODEL_TEXTS = {"text", "suffix", "url"}
_NAMED = {"rank": ("Rank", "name"), "unit": ("Unit", "name")}


def _validate(model: str, field: Field, found: str) -> None:
    """As the record's own forms do. Raises WrongCell."""
    if field.kind == "place" and "|" in found:
        raise WrongCell("Leave out the sign |.")
    for validator in _validators(model, field):
        try:
            validator(found)
        except ValidationError as error:
            raise WrongCell(" ".join(error.messages)) from None


@lru_cache
def _validators(model: str, field: Field) -> tuple[Callable[[str], None], ...]:
    if field.kind in _NAMED:
        model, name = _NAMED[field.kind]
    elif field.kind == "place" and field.name != "state":
        model, name = "Location", field.name
    elif field.kind in _MODEL_TEXTS:
        name = field.db_column
    else:
        return ()
    stored: Any = apps.get_model("officers", model)._meta.get_field(name)
    longest = [MaxLengthValidator(stored.max_length)] if stored.max_length else []
    own = [each for each in stored.validators if not isinstance(each, MaxLengthValidator)]
    return (*longest, *own)
