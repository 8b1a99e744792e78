"""`manage.py evaluate_matching --pairs FILE --images DIR --json`: how often is matching right on these photos?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognition.evaluation import reports


class Command(BaseCommand):
    """Measures in memory, stores nothing, prints figures."""

    help = "Say how well faces are told apart: on pairs of photos, and with --gallery in a search among many people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pairs", type=Path, help="photo photo 0|1, a line each; or LFW's own pairs.txt")
        parser.add_argument("--images", type=Path, help="the folder that the photos of --pairs lie in")
        parser.add_argument("--gallery", type=Path, help="a folder with a folder of photos for each person")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        asked = {name: options[name] for name in ("pairs", "images", "gallery")}
        try:
            found = reports.evaluate(**asked, say=self.stderr.write)
        except reports.CannotEvaluate as why_not:
            raise CommandError(str(why_not)) from why_not
        self.stdout.write(json.dumps(found, indent=None if options["json"] else 2))
