"""`manage.py evaluate_protection --tool T --images DIR --json`: what does a protecting tool do to recognition?"""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, get_type_hints

from django.core.management.base import BaseCommand, CommandError

from privacy.measures import MODULES, MeasureMissing, measure
from privacy.measures.encoders import EncodersMissing
from privacy.networks import WeightsError
from privacy.tools import ToolMissing
from privacy.weights import WeightsMissing

_READERS: Final[dict[Any, Callable[[str], object]]] = {
    int: int,
    float: float,
    str: str,
    Sequence[str]: lambda text: text.split(","),
}


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
            help="of the measure, e.g. strength=strong, people=14 or kept_out=dlib,faceplugin",
        )
        parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if not options["images"].is_dir():
            raise CommandError(f"{options['images'].name} is not a folder.")
        if options["photos"] < 1:
            raise CommandError("Measure at least one photo: --photos 1 or more.")
        try:
            evaluate = measure(options["tool"]).evaluate
            named = typed(evaluate, _named(options["option"]))
            figures = evaluate(options["images"], photos=options["photos"], seed=options["seed"], **named)
        except ToolMissing as problem:
            cause = problem.__cause__ or "a package that it needs is not installed"
            raise CommandError(f"{options['tool']} cannot run here: {cause}") from problem
        except (
            MeasureMissing,
            EncodersMissing,
            WeightsError,
            WeightsMissing,
            OSError,
            ValueError,
        ) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(json.dumps(figures, indent=None if options["json"] else 2))


def typed(evaluate: Callable[..., object], words: dict[str, str]) -> dict[str, object]:
    """The options as the measure takes them: whole numbers, words, or several words with commas between them.

    Raises CommandError for one that it does not have, naming those that it has.
    """
    takes = {name: kind for name, kind in get_type_hints(evaluate).items() if kind in _READERS}
    known = sorted(takes.keys() - {"photos", "seed"})
    if unknown := [name for name in words if name not in known]:
        raise CommandError(f"This measure has no option {unknown[0]}. It has: {', '.join(known) or 'none'}.")
    try:
        return {name: _READERS[takes[name]](text) for name, text in words.items()}
    except ValueError as problem:
        raise CommandError(f"An option is not what it can be: {problem}.") from problem


def _named(options: list[str]) -> dict[str, str]:
    """Raises CommandError for what is not NAME=VALUE."""
    if wrong := [each for each in options if "=" not in each]:
        raise CommandError(f"Write --option NAME=VALUE, not {wrong[0]}.")
    return dict(each.split("=", 1) for each in options)
