"""Fill an empty record with a country's worth of invented officers: `manage.py seed_scale`."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from officers.scale.rows import NotEmpty, Scale

FILLED = [
    f"officers_{name}"
    for name in (
        *("department", "rank", "unit", "officer", "assignment", "salary", "recordchange", "searchrow"),
        *("nameword", "facetcount"),
    )
]


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
                for said in Scale(**asked, seed=options["seed"]).fill():
                    self.stdout.write(f"  {time.monotonic() - begun:6.1f} s  {said}")
                self._settle()
        except NotEmpty:
            raise CommandError("There is a record already; this is only put into an empty one.") from None
        self.stdout.write(f"  {time.monotonic() - begun:6.1f} s  done")

    def _settle(self) -> None:
        """What the server and the worker do by themselves in the hours after: statistics, and counts added up."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_add_up(1)")
            cursor.execute("SELECT analyse_tables(%s)", [FILLED])
