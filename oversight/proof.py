"""Proof of work in place of a picture puzzle: the browser computes for a second or two, and no third party is asked.

ALTCHA's documented challenge (version 1): find the number whose SHA-256 together with a salt is the given one. Solved
by static/oversight/js/proof.js; whoever runs no script may still send, at a slower rate (`lets_through`).
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from altcha import v1 as altcha
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.crypto import salted_hmac

from oversight import throttles
from oversight.queues import QueueAway

GOOD_FOR = timedelta(minutes=30)
LONGEST = 2000  # characters of an answer; one of ours has about 350
UNPROVEN = "unproven"


def challenge() -> dict[str, object]:
    """A new one, for one form. Nothing is kept of it: it is signed, and says when it is over."""
    options = altcha.ChallengeOptions(
        max_number=settings.PROOF_NUMBER, hmac_key=_key(), expires=datetime.now(UTC) + GOOD_FOR
    )
    made: dict[str, object] = altcha.create_challenge(options).to_dict()
    return made


def is_proven(answer: str) -> bool:
    """Is this a challenge of ours, solved, in time, and for the first time?"""
    if not answer or len(answer) > LONGEST:
        return False
    try:
        is_right, _ = altcha.verify_solution(answer, _key())
    except (ValueError, TypeError, KeyError, AttributeError):  # no JSON, or another shape
        return False
    return is_right and _is_first_use(answer)


def _is_first_use(answer: str) -> bool:
    """The number of the answer is in it, so other spellings of one solution are told by the challenge alone."""
    told = altcha.Payload.from_base64(answer)
    name = hashlib.sha256(f"{told.challenge}".encode()).hexdigest()
    try:
        return bool(cache.add(f"proof-{name}", 1, timeout=GOOD_FOR.total_seconds()))
    except QueueAway:  # what somebody sends matters more than counting
        return True


def lets_through(request: HttpRequest, answer: str) -> bool:
    """With proof always; without it, as often as one network may (OVERSIGHT_RATE_UNPROVEN)."""
    return is_proven(answer) or throttles.allows(request, UNPROVEN)


class ProofField(forms.CharField):
    """Never shown and never asked for: a script fills it in (static/oversight/js/proof.js), or nobody does."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """A form that is shown has a challenge of its own; one that came back with mistakes a new one."""
        self.widget.attrs |= {
            "data-challenge": json.dumps(challenge()),
            "data-worker": static("oversight/js/proof-worker.js"),
        }
        return EmptyField(form, self, field_name)


class EmptyField(forms.BoundField):
    """An answer is good once, so a form that comes back shows none."""

    def value(self) -> str:
        return ""


def _key() -> str:
    return salted_hmac("oversight.proof", "challenge", algorithm="sha256").hexdigest()
