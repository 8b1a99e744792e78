"""`manage.py export_corpus --department 7 --format csv`: which reviewed photos of which officers matching may use.

Names and addresses of photos that are public; nothing that was measured. Refused where matching is not permitted.
"""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse

from officers.models import Face
from recognition import gallery
from recognition.management.commands.rebuild_gallery import require_permission

COLUMNS = ("officer", "name", "photo")


class Command(BaseCommand):
    help = "Write the officers and public photos that matching may use in one department."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", type=int, required=True, help="the number of the department")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")
        parser.add_argument(
            "--site", default="", help="what photo addresses begin with, as https://example.org"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        require_permission(options["department"])
        rows = _rows(options["department"], site=options["site"].rstrip("/"))
        if options["format"] == "json":
            self.stdout.write(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows], indent=1))
            return
        writer = csv.writer(self.stdout)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _rows(department_id: int, *, site: str) -> Iterator[tuple[int, str, str]]:
    """Of faces that a stranger may see and the gate allows: the officer's number, name, and the photo's address."""
    public = Face.objects.public().filter(pk__in=gallery.allowed(department_id).values("pk"))
    for face in public.select_related("officer").order_by("officer_id", "pk").iterator():
        if face.officer is not None:
            yield (
                face.officer.pk,
                _harmless(face.officer.full_name),
                site + reverse("face-crop", args=[face.pk]),
            )


def _harmless(text: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
