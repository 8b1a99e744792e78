from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = "People, audit and outbox"

    def ready(self) -> None:
        from oversight import checks  # noqa: F401 - registers the system checks
