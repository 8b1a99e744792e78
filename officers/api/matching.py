"""May faces be compared in this department right now? What the legal gate says, in the API's form.

Without the plugin the answer is the same for everybody: the site does not match faces.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.apps import apps

from officers.jurisdiction import refusals
from oversight.gate import Reason
from oversight.refusals import IN_WORDS


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is one of the gate's stable codes, None where matching is allowed."""

    reason: Reason | None

    @property
    def allowed(self) -> bool:
        return self.reason is None

    @property
    def detail(self) -> str | None:
        return IN_WORDS[self.reason] if self.reason else None


def verdicts(department_ids: Collection[int]) -> dict[int, Verdict]:
    """The gate's verdict on each department, with facts read now. Four queries in all, none without the plugin."""
    if not apps.is_installed("recognition"):
        return dict.fromkeys(department_ids, Verdict(Reason.SITE_OFF))
    found = refusals(department_ids)
    return {pk: Verdict(found.get(pk, Reason.PLACE_UNKNOWN)) for pk in department_ids}
