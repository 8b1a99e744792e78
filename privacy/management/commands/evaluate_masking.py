"""`manage.py evaluate_masking ANNOTATIONS.jsonl DIR --json`: how many of the heads that people marked are covered?"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy import evaluation
from privacy.networks import WeightsError


class Command(BaseCommand):
    """Needs no database: photos in, figures out. The finder and the masks are those of publishing."""

    help = "Cover the photos in DIR and print how well the faces marked in ANNOTATIONS are hidden."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "annotations",
            type=Path,
            help='one JSON object a line: {"image": ..., "boxes": [[x, y, w, h], ...]} or "points": [[x, y], ...]',
        )
        parser.add_argument("directory", type=Path, help="the folder that the images' names start from")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            marked = list(evaluation.read_annotations(options["annotations"].read_text(encoding="utf-8")))
            result = evaluation.judge_all(
                marked, options["directory"], evaluation.product_mask, self.stderr.write
            )
        except (OSError, ValueError, WeightsError) as error:
            raise CommandError(str(error)) from error
        if result.missing:
            self.stderr.write(f"{len(result.missing)} of {len(marked)} photos could not be opened.")
        figures = evaluation.summary(result)
        self.stdout.write(json.dumps(figures) if options["json"] else json.dumps(figures, indent=2))
