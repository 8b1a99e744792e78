"""Tells Django that the photo floor exists; it has no models."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The photo floor: rebuild, find heads, cover them."""

    name = "privacy"
    verbose_name = "Photos and privacy"
