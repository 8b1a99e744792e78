"""`manage.py classify_legacy --department 7 --start --follow`: police in older photos, as on the Jobs page."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from officers.models import Department, ImportSource
from oversight.pace import rate_in_words, time_in_words
from recognition import bulk
from recognition.models import BulkRun

LOOK_EVERY = 5.0


class Command(BaseCommand):
    """Without --start it only says how many photos there are and what they cost."""

    help = (
        "Count older photos that nobody has judged yet; with --start, begin to judge them in the background."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", type=int, help="only of the department with this number")
        parser.add_argument(
            "--source", help="only from this import: the folder or s3:// address, as it was typed"
        )
        parser.add_argument("--from-date", type=date.fromisoformat, help="only received on or after this day")
        parser.add_argument(
            "--until-date", type=date.fromisoformat, help="only received on or before this day"
        )
        parser.add_argument("--everything", action="store_true", help="also photos that were judged before")
        parser.add_argument("--start", action="store_true", help="begin; workers do it, this command ends")
        parser.add_argument(
            "--follow", action="store_true", help="stay and say how far it is (Ctrl-C is harmless)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        run = _chosen(options)
        count = bulk.photos_of(run).count()
        self.stdout.write(f"{count:,} photos.")
        if (price := bulk.price()) is not None:
            self.stdout.write(
                f"About {bulk.cost(count, price)} at {price} for 1,000 photos. That price is this site's setting"
                " OVERSIGHT_REKOGNITION_PRICE, not Amazon's word."
            )
        if not options["start"]:
            return
        try:
            bulk.start(run, by=None)
        except ValidationError as why_not:
            raise CommandError(" ".join(why_not.messages)) from why_not
        self.stdout.write(f"Run {run.pk} has begun. Watch, pause or cancel it at /jobs/photos/{run.pk}/.")
        if options["follow"]:
            self._follow(run)

    def _follow(self, run: BulkRun) -> None:
        while run.state == BulkRun.State.RUNNING:
            time.sleep(LOOK_EVERY)
            run.refresh_from_db()
            found = bulk.progress(run)
            self.stdout.write(
                f"{found.over:,} of {found.total:,}, {found.failed:,} failed,"
                f" {rate_in_words(found.rate)}, {time_in_words(found.seconds_left)}"
            )
        self.stdout.write(f"{run.get_state_display()}.")


def _chosen(options: dict[str, Any]) -> BulkRun:
    department = source = None
    if options["department"] is not None:
        department = Department.objects.filter(pk=options["department"]).first()
        if department is None:
            raise CommandError("There is no department with that number.")
    if options["source"]:
        source = ImportSource.objects.filter(place=options["source"].rstrip()).first()
        if source is None:
            raise CommandError("Nothing was imported from there. The Jobs page lists all imports.")
    return BulkRun(
        department=department,
        source=source,
        received_from=options["from_date"],
        received_until=options["until_date"],
        is_only_unclassified=not options["everything"],
    )
