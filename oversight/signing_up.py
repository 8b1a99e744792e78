"""The form to join: allauth's, with proof of work instead of somebody else's picture puzzle."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.conf import settings

from oversight import proof

TOO_MANY = (
    "Too many people joined from your network without a check. Turn scripts on for this page, so that your browser can "
    "do a short computation instead, or try again in an hour."
)


class JoinForm(SignupForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if settings.PROOF_AT_SIGN_UP:
            self.fields["altcha"] = proof.ProofField()

    def clean(self) -> dict[str, Any]:
        """Counts only what would make an account, so a slip of the pen costs nothing."""
        data: dict[str, Any] = super().clean()
        answer = data.get("altcha")
        if answer is not None and not self.errors and not proof.lets_through(context.request, answer):
            raise forms.ValidationError(TOO_MANY)
        return data
