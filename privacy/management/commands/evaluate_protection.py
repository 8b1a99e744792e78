"""`manage.py evaluate_protection --tool T --images DIR --json`: what does a protecting tool do to recognition?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.measures import MODULES, MeasureMissing, measure
from privacy.networks import WeightsError
from privacy.tools import ToolMissing
from privacy.weights import WeightsMissing


class Command(BaseCommand):
    """Needs no database: photos in, figures out, nothing kept."""

    help = "Protect photos from DIR with one tool and print its effect on attacked and on other models."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tool", required=True, choices=MODULES)
        parser.add_argument("--images", required=True, type=Path, help="the folder of photos")
        parser.add_argument("--photos", type=int, default=20, help="how many of them (default 20)")
        parser.add_argument("--seed", type=int, default=0, help="which of them (default 0)")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="of the measure, e.g. strength=strong",
        )
        parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if not options["images"].is_dir():
            raise CommandError(f"{options['images'].name} is not a folder.")
        if options["photos"] < 1:
            raise CommandError("Measure at least one photo: --photos 1 or more.")
        try:
            figures = measure(options["tool"]).evaluate(
                options["images"], photos=options["photos"], seed=options["seed"], **_named(options["option"])
            )
        except ToolMissing as problem:
            cause = problem.__cause__ or "a package that it needs is not installed"
            raise CommandError(f"{options['tool']} cannot run here: {cause}") from problem
        except (MeasureMissing, WeightsError, WeightsMissing, OSError, ValueError, TypeError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(json.dumps(figures, indent=None if options["json"] else 2))


def _named(options: list[str]) -> dict[str, str]:
    """Raises CommandError for what is not NAME=VALUE."""
    if wrong := [each for each in options if "=" not in each]:
        raise CommandError(f"Write --option NAME=VALUE, not {wrong[0]}.")
    return dict(each.split("=", 1) for each in options)
