"""The plugin: connects itself to what the record says, by signals only. The record never imports it."""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "recognition"
    verbose_name = "Face matching and police presence"

    def ready(self) -> None:
        from recognition import checks, receivers  # noqa: F401 - they register themselves
