"""The plugin: connects itself to what the record says, by signals only. The record never imports it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from oversight.figures import Figure


class RecognitionConfig(AppConfig):
    name = "recognition"
    verbose_name = "Face matching and police presence"

    def ready(self) -> None:
        from oversight import figures, health
        from recognition import checks, guard_audit, receivers, release  # noqa: F401 - they register themselves

        health.PARTS["guard"] = lambda: health.DOWN if guard_audit.findings() else health.OK
        figures.SOURCES.append(own_figures)
        release.known_migrations()


def own_figures() -> "Iterable[Figure]":
    """Imported when somebody asks: models are not ready before."""
    from recognition.figures import figures

    return figures()
