"""`manage.py chaos`: break everything, and see whether anything is lost."""

import contextlib
import json
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oversight.embedded.problems import CannotStart
from workers.chaos.run import Plan, play


def _share(word: str) -> float:
    """A share of one, or percents."""
    number = float(word)
    return number / 100 if number >= 1 else number


class Command(BaseCommand):
    """Starts its own scratch services in a temporary folder: this site's data is not touched."""

    help = "Use the product over HTTP while its parts are killed; count what was lost. Exit code 1 where anything was."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--kills", type=int, default=100, help="kill -9 of web, worker, job, sweeper, queue, database"
        )
        parser.add_argument("--flushes", type=int, default=5, help="times that the queue is emptied")
        parser.add_argument("--restarts", type=int, default=5, help="restarts of the database")
        parser.add_argument(
            "--s3-faults",
            type=_share,
            default=0.2,
            help="share of S3 requests that fail (0.2, or 20 for 20 %%); 0 for a folder",
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--gap", type=float, default=2.0, help="seconds between two faults, on average")
        parser.add_argument(
            "--pause",
            type=float,
            help="seconds between two photos of one sender (measured first unless given)",
        )
        parser.add_argument("--legacy", type=int, default=60, help="older photos to judge in bulk meanwhile")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        names = ("kills", "flushes", "restarts", "s3_faults", "seed", "gap", "legacy", "pause")
        begun = time.monotonic()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever ends it leaves no server behind
        try:
            # What the parts of the product say as they fall and rise is no part of the answer.
            with contextlib.redirect_stdout(sys.stderr):
                figures = play(Plan(**{name: options[name] for name in names}), self._say)
        except CannotStart as problem:
            raise CommandError(str(problem)) from problem
        figures["seconds"] = round(time.monotonic() - begun, 1)
        self.stdout.write(json.dumps(figures, indent=None if options["json"] else 2))
        if figures["lost"] or figures["double_effects"] or figures["still_open"]:
            sys.exit(1)

    def _say(self, line: str) -> None:
        self.stderr.write(line)
