"""The gate's reasons in plain words: which law, and the way forward. Beside the gate, for every floor to use."""

from oversight.gate import Reason

_OFF = "Face matching is switched off on this site."

IN_WORDS: dict[str, str] = {
    Reason.SITE_OFF: _OFF,
    Reason.OPERATOR_PLACE: "The law of the place this site is run from does not let us compare faces.",
    Reason.COMPUTE_PLACE: "The law of the place our computers are in does not let us compare faces.",
    Reason.PLACE_UNKNOWN: "We do not know for certain where this department works, so we do not compare faces here.",
    Reason.PLACE_PROHIBITED: "The law where this department works forbids comparing faces."
    " In Illinois that is the Biometric Information Privacy Act (740 ILCS 14).",
    Reason.DEPARTMENT_NOT_ALLOWED: "Face matching has not been allowed for this department.",
    Reason.REVIEW_EXPIRED: "The permission to compare faces here has run out and waits to be looked at again.",
    Reason.PHOTO_PROHIBITED: "This photo was taken in, or sent in for, a place whose law forbids comparing faces.",
    Reason.OFFICER_UNKNOWN: "We do not know for certain where an officer works, so we do not compare faces.",
    Reason.OFFICER_PROHIBITED: "The law forbids comparing faces here.",
}
