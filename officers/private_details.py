"""Finds what must not be written down here: phone numbers, e-mail addresses, home addresses, social security numbers.

A hint to the person who types, not a lock: nobody can find every way to write an address.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError

_FINDERS = {
    "an e-mail address": re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[a-z]{2,}", re.IGNORECASE),
    "a phone number": re.compile(r"(?<!\d)(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?!\d)"),
    "a social security number": re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"),
    "a street address": re.compile(
        r"\b\d{1,6}\s+(?:[A-Z][\w.'-]*\s+){1,3}"
        r"(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Terrace|Highway|Hwy)\b"
    ),
}

# What may be right in a sentence that a person writes, and is worth a look in a document that is to be published.
_WORTH_A_LOOK = {
    "a word about family": re.compile(
        r"\b(?:wife|husband|spouse|fianc[eé]e?|girlfriend|boyfriend|sons?|daughters?|child(?:ren)?|minors?|"
        r"mother|father|parents?|brothers?|sisters?|pregnant)\b",
        re.IGNORECASE,
    ),
    "a date of birth": re.compile(r"\b(?:D\.?O\.?B\.?|date of birth|born on)\b", re.IGNORECASE),
    "a home": re.compile(
        r"\b(?:home address|resid(?:es|ed|ing|ence) at|lives? (?:at|on)|Apt\.?|apartment)\b", re.I
    ),
    "a driver’s license": re.compile(r"\bdriver.?s licen[sc]e\b|\bD\.?L\.? ?(?:no|#)", re.IGNORECASE),
    "a word about health": re.compile(
        r"\b(?:diagnos\w+|medication|psychiatric|medical record)\b", re.IGNORECASE
    ),
}
_AROUND = 40


class Place(NamedTuple):
    """Where something that may be private stands: what it may be, and the words around it in three parts."""

    kind: str
    before: str
    words: str
    after: str


def places_in(text: str) -> Iterator[Place]:
    """Everything in a text that somebody should look at before it is public, each where it stands."""
    for kind, finder in (_FINDERS | _WORTH_A_LOOK).items():
        for found in finder.finditer(text):
            start, end = found.span()
            yield Place(kind, text[max(0, start - _AROUND) : start], found[0], text[end : end + _AROUND])


def found_in(text: str) -> list[str]:
    """The kinds of private details in a text, in words."""
    return [kind for kind, finder in _FINDERS.items() if finder.search(text)]


def refuse(text: str) -> None:
    """Raises ValidationError that names what to take out."""
    found = found_in(text)
    if found:
        raise ValidationError(
            f"There seems to be {' and '.join(found)} in it. Take that out, and send it again."
        )
