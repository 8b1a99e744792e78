"""Say who can log in to the demo: `manage.py demo_people`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from officers.demo_seed import PASSWORD, PEOPLE
from oversight.models import User


class Command(BaseCommand):
    help = "List the demo's people, with their password."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.PRODUCTION or not User.objects.filter(email__in=PEOPLE.values()).exists():
            return
        for name, email in PEOPLE.items():
            self.stdout.write(f"  {name:12} {email:28} password {PASSWORD}")
