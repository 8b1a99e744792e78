"""Refusals of the record's API, by the names that its views know them by; they are written further down the house."""

from oversight.api_refusals import INVALID, NOT_FOUND, READING, TOO_MANY, Error, FormError, Refused, error
from privacy.api_refusals import PHOTO_INVALID, TOO_LARGE, photo_refusal

__all__ = [
    "INVALID",
    "NOT_FOUND",
    "PHOTO_INVALID",
    "READING",
    "TOO_LARGE",
    "TOO_MANY",
    "Error",
    "FormError",
    "Refused",
    "error",
    "photo_refusal",
]
