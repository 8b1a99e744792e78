"""Fill an empty record with the demo: `manage.py seed_demo`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from officers import demo_cases, demo_seed


class Command(BaseCommand):
    help = "Fill an empty record with three invented departments and officers who do not exist."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing and do nothing when there is a record"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo does not belong into production.")
        if not demo_seed.is_empty():
            if options["if_empty"]:
                return
            raise CommandError("There is a record already; the demo is only put into an empty one.")
        self._seed()

    @transaction.atomic
    def _seed(self) -> None:
        """All or nothing: a demo that was killed half-way would not count as empty at the next start."""
        people = demo_seed.seed_people()
        content = demo_seed.roster()
        for row in content["departments"]:
            self.stdout.write(f"  {row['name']} … ", ending="")
            self.stdout.flush()
            self.stdout.write(f"{demo_seed.seed_department(row, people, content)} officers")
        made = demo_cases.seed(content)
        self.stdout.write(f"  pay, and {made} incidents, complaints and lawsuits")
