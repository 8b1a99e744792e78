"""Finds what must not be written down here: phone numbers, e-mail addresses, home addresses, social security numbers.

A hint to the person who types, not a lock: nobody can find every way to write an address.
"""

import re

from django.core.exceptions import ValidationError

_FINDERS = {
    "an e-mail address": re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE),
    "a phone number": re.compile(r"(?<!\d)(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?!\d)"),
    "a social security number": re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"),
    "a street address": re.compile(
        r"\b\d{1,6}\s+(?:[A-Z][\w.'-]*\s+){1,3}"
        r"(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Terrace|Highway|Hwy)\b"
    ),
}


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
