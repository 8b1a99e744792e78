from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from oversight.models import User


class OfficersConfig(AppConfig):
    name = "officers"
    verbose_name = "The record"

    def ready(self) -> None:
        from oversight import second_factor

        second_factor.POWERFUL.append(keeps_a_department)


def keeps_a_department(user: "User") -> bool:
    """Coordinators decide for others, so they need a second factor."""
    from officers.models import Coordination

    return Coordination.objects.filter(user_id=user.pk).exists()
