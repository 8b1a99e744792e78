"""The plugin: connects itself to what the record says, by signals only. The record never imports it."""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "recognition"
    verbose_name = "Face matching and police presence"

    def ready(self) -> None:
        from oversight import health
        from recognition import checks, guard_audit, receivers, release  # noqa: F401 - they register themselves

        health.PARTS["guard"] = lambda: health.DOWN if guard_audit.findings() else health.OK
        release.known_migrations()
