from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = "People, audit and outbox"

    def ready(self) -> None:
        from oversight import checks  # noqa: F401 - registers the system checks


class AdministrationConfig(admin_apps.AdminConfig):
    default = False
    default_site = "oversight.administration.Administration"

    def ready(self) -> None:
        super().ready()
        from oversight.admin_factors import take_the_place_of_allauths

        take_the_place_of_allauths()
