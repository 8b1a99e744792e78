"""`manage.py calibrate_matching --pairs FILE --images DIR`: what is a distance worth on photos like these?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognition.evaluation import reports


class Command(BaseCommand):
    """Measures in memory; what is written is two numbers and where they come from."""

    help = "Fit the chances of matching on pairs of photos whose answer is known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--pairs", type=Path, required=True, help="photo photo 0|1, a line each, or LFW's"
        )
        parser.add_argument("--images", type=Path, required=True, help="the folder that the photos lie in")
        parser.add_argument(
            "--into", type=Path, help="write the fit here, for OVERSIGHT_MATCHING_CALIBRATION"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            found = reports.calibrate(pairs=options["pairs"], images=options["images"], say=self.stderr.write)
        except reports.CannotEvaluate as why_not:
            raise CommandError(str(why_not)) from why_not
        written = json.dumps(found, indent=2)
        if options["into"]:
            options["into"].write_text(written + "\n", encoding="utf-8")
        self.stdout.write(written)
