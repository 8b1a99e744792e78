"""System checks with stable ids: what must be so before the product may start."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, register


@register("security", deploy=True)
def owner_role_is_separate(**_: Any) -> list[CheckMessage]:
    """The second lock holds only if the app cannot alter the tables it works on."""
    if settings.PRODUCTION and not settings.DATABASE_OWNER_URL:
        return [
            checks.Warning(
                "DATABASE_OWNER_URL is not set, so the app's database role owns its own locks.",
                hint="Make two roles as in oversight/embedded/provision.sql and set both URLs.",
                id="oversight.W001",
            )
        ]
    return []


@register("security", deploy=True)
def second_factors_are_required(**_: Any) -> list[CheckMessage]:
    """A coordinator's phished password must not be a coordinator's power."""
    if settings.PRODUCTION and not settings.SECOND_FACTOR_REQUIRED:
        return [
            checks.Warning(
                "OVERSIGHT_SECOND_FACTOR is off: coordinators and admins get in by a password alone.",
                hint="Leave it unset.",
                id="oversight.W002",
            )
        ]
    return []
