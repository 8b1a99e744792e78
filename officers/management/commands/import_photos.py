"""Take in legacy photos: `manage.py import_photos FOLDER-OR-S3-ADDRESS --department 7`."""

import json
import sys
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from officers import imports
from officers.import_sources import Source, SourceAway, source
from officers.models import Department, ImportedFile, ImportSource
from oversight.pace import Pace
from privacy.refusals import SENTENCES

SAY_EVERY = 2.0
MOST_SHOWN = 50
IN_WORDS = {**SENTENCES, "source_away": "It could not be read. Run the same command again."}


class Command(BaseCommand):
    """Killed at any moment and run again, it goes on; nothing is taken in twice."""

    help = "Take the photos of a folder or of s3://bucket/prefix into the record. Run it again to go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="a folder, or s3://bucket/prefix (with the site's S3 settings)")
        parser.add_argument("--department", type=int, required=True, help="the department's number")
        parser.add_argument(
            "--from-date", type=date.fromisoformat, help="only files changed on or after this day"
        )
        parser.add_argument("--until-date", type=date.fromisoformat, help="only files changed until this day")
        parser.add_argument(
            "--keep-day-taken", action="store_true", help="keep the day a photo was taken (never the time)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        department = Department.objects.filter(pk=options["department"]).first()
        if department is None:
            raise CommandError("There is no department with that number.")
        try:
            found = source(options["source"])
            with imports.hold(found.place, department) as held:
                self._import(held, found, options)
        except SourceAway as away:
            raise CommandError(f"{away} What was taken in stays. Run the same command again.") from away
        except imports.AlreadyRunning as other:
            raise CommandError("This source is being imported already, by another process.") from other

    def _import(self, held: ImportSource, found: Source, options: dict[str, Any]) -> None:
        imports.list_files(
            held, found, since=options["from_date"], until=options["until_date"], said=self._say_listed
        )
        before = imports.counts(held)
        pace = Pace(total=before["waiting"] + before["failed"])
        said = time.monotonic()
        for _file in imports.take_in(held, found, keep_days=options["keep_day_taken"]):
            pace.done += 1
            if time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                self._say(pace.in_words())
        self._say(pace.in_words(), end="\n")
        counts = imports.counts(held)
        if options["json"]:
            self.stdout.write(json.dumps(_summary(held, counts, pace)))
        else:
            self._say_result(held, counts)

    def _say_listed(self, count: int) -> None:
        self._say(f"{count:,} files found")

    def _say(self, words: str, end: str = "") -> None:
        """One line that is written over, on a terminal; to a log, a line each time."""
        is_terminal = sys.stderr.isatty()
        self.stderr.write(f"\r{words:<78}" if is_terminal else words, ending=end if is_terminal else "\n")
        self.stderr.flush()

    def _say_result(self, held: ImportSource, counts: dict[str, int]) -> None:
        for state in ImportedFile.State:
            self.stdout.write(f"{counts[state.value]:>9,}  {state.label.lower()}")
        for file in held.files.filter(state__in=["refused", "failed"]).order_by("key")[:MOST_SHOWN]:
            self.stdout.write(f"  {file.key}: {IN_WORDS.get(file.reason, file.reason)}")


def _summary(held: ImportSource, counts: dict[str, int], pace: Pace) -> dict[str, Any]:
    refused = held.files.filter(state__in=["refused", "failed"]).order_by("key")
    return {
        "source": held.pk,
        "place": held.place,
        "department": held.department_id,
        **counts,
        "this_run": pace.done,
        "seconds": round(pace.seconds, 1),
        "refusals": [
            {"key": file.key, "code": file.reason, "reason": IN_WORDS.get(file.reason, file.reason)}
            for file in refused[:1000]
        ],
    }
