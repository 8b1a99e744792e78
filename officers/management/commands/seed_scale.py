"""Fill an empty record with a country's worth of invented officers: `manage.py seed_scale`."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from officers.scale.rows import NotEmpty, Scale


class Command(BaseCommand):
    help = "Fill an empty record with invented departments, officers, stints and pay, to measure with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--officers", type=int, default=500_000)
        parser.add_argument("--departments", type=int, default=1_000)
        parser.add_argument("--assignments", type=int, default=1_000_000)
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same people")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented people do not belong into production.")
        asked = {name: options[name] for name in ("officers", "departments", "assignments")}
        if min(asked.values()) < 1:
            raise CommandError("Give numbers of at least 1.")
        begun = time.monotonic()
        try:
            with transaction.atomic():
                for step in Scale(**asked, seed=options["seed"]).fill():
                    self.stdout.write(f"  {time.monotonic() - begun:6.1f} s  {step}")
        except NotEmpty:
            raise CommandError("There is a record already; this is only put into an empty one.") from None
        self.stdout.write(f"  {time.monotonic() - begun:6.1f} s  done")
