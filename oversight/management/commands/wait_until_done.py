"""Wait until every promise is kept: `manage.py wait_until_done --seconds 60`. For a first start, and for scripts."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from oversight.models import OutboxEntry

LOOK_EVERY = 0.25


class Command(BaseCommand):
    help = "Wait until no promised work is left, or until the time is up. Says how many promises are left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=60.0)

    def handle(self, *_args: Any, **options: Any) -> None:
        end = time.monotonic() + options["seconds"]
        waiting = OutboxEntry.objects.filter(state=OutboxEntry.State.WAITING)
        while (left := waiting.count()) and time.monotonic() < end:
            time.sleep(LOOK_EVERY)
        self.stdout.write(str(left))
