"""The clock of a place: each state's usual time zone, where a department does not name its own."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError

_STATES_BY_ZONE = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
    "Pacific/Pago_Pago": "AS",
}
_USUAL = {state: zone for zone, states in _STATES_BY_ZONE.items() for state in states.split()}


def refuse_unknown(name: str) -> None:
    """Raises ValidationError for what is no zone of the IANA database."""
    if name not in available_timezones():
        raise ValidationError("This is not the name of a time zone, such as America/Chicago.")


def zone_of(state: str, own: str = "") -> ZoneInfo:
    """The zone that a department named, or its state's usual one, or UTC where there is neither."""
    return ZoneInfo(own or _USUAL.get(state, "UTC"))
