"""System checks: the plugin does not start where the law of the operator's or the computers' place forbids it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from oversight.gate import ALWAYS_PROHIBITED
from recognition import calibration


@register()
def places_are_known(**_: Any) -> list[CheckMessage]:
    """In production, OPERATOR_STATE and COMPUTE_STATES must be set, and none may be one that forbids matching."""
    errors: list[CheckMessage] = []
    if not settings.RECOGNITION_SWITCH:
        return errors
    if settings.PRODUCTION and not (settings.OPERATOR_STATE and settings.COMPUTE_STATES):
        errors.append(
            Error(
                "Where the operator and the computers are is not known, so face matching must not run.",
                hint="Set OVERSIGHT_OPERATOR_STATE and OVERSIGHT_COMPUTE_STATES, or OVERSIGHT_RECOGNITION=0.",
                id="recognition.E001",
            )
        )
    if ALWAYS_PROHIBITED & {settings.OPERATOR_STATE, *settings.COMPUTE_STATES}:
        errors.append(
            Error(
                "Illinois law (740 ILCS 14) forbids face matching by an operator or on a computer there.",
                hint="Set OVERSIGHT_RECOGNITION=0; everything else works.",
                id="recognition.E002",
            )
        )
    return errors


@register()
def the_chances_are_of_the_engine(**_: Any) -> list[CheckMessage]:
    """A fit of another engine would make every chance wrong, without anybody noticing."""
    try:
        calibration.fit()
    except ImproperlyConfigured as wrong:
        return [
            Error(
                str(wrong),
                hint="Unset OVERSIGHT_MATCHING_CALIBRATION for the fit that is shipped.",
                id="recognition.E003",
            )
        ]
    return []
