"""`manage.py export_presence_labels DIR [--coco FILE]`: the volunteers' answers, ready for `train_presence`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognition.presence_labels import export, write_private


class Command(BaseCommand):
    """For whoever runs the site: the copies are private photos, and must be deleted after use."""

    help = (
        "Copy the photos on which volunteers agreed into DIR/police and DIR/other. The copies are private:"
        " only this account can open them; delete them when training is done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="a new or empty folder")
        parser.add_argument("--coco", type=Path, help="also write boxes of heads and officers, as COCO JSON")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            exported = export(options["directory"])
            if options["coco"]:
                write_private(options["coco"], json.dumps(exported.as_coco()).encode())
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        counts = exported.photos
        self.stdout.write(f"{counts['police']} photos with police, {counts['other']} without.")
        if exported.missing:
            self.stdout.write(f"{exported.missing} were deleted meanwhile and left out.")
