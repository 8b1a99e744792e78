"""`manage.py evaluate_presence DIR --json`: how well does a backend tell photos with police from others?"""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from numpy.typing import NDArray

from recognition.presence import UnknownBackend, backend
from recognition.presence.base import Box, PresenceBackend, PresenceUnavailable
from recognition.presence.manifest import WEIGHTS
from recognition.presence.measuring import measure
from recognition.presence.surety import measure_people, write_sure


class Command(BaseCommand):
    """Reads DIR/police and DIR/other; prints figures with 95 % intervals."""

    help = "Judge the photos in DIR/police and DIR/other and print how well their scores separate them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="a folder with the folders police and other")
        parser.add_argument("--backend", default="local", help="which backend to judge (default: local)")
        parser.add_argument(
            "--manifest", type=Path, help="other weights: the manifest of local or detectron2"
        )
        parser.add_argument(
            "--people",
            action="store_true",
            help="judge single people: from which score on is somebody surely police?",
        )
        parser.add_argument(
            "--set-sure", action="store_true", help="and write that score into the manifest of the weights"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            chosen = _backend(options["backend"], options["manifest"])
            if options["people"] or options["set_sure"]:
                self._people(chosen, options)
                return
            found = measure(chosen, options["directory"], _heads)
        except (UnknownBackend, PresenceUnavailable, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found) if options["json"] else _table(found))

    def _people(self, chosen: PresenceBackend, options: dict[str, Any]) -> None:
        found = measure_people(chosen, options["directory"], _heads)
        if options["set_sure"]:
            write_sure(options["manifest"] or WEIGHTS / "police.json", found["score_no_other_reaches"])
        lines = "\n".join(f"{name:32} {value}" for name, value in found.items())
        self.stdout.write(json.dumps(found) if options["json"] else lines)


def _backend(name: str, manifest: Path | None) -> PresenceBackend:
    """Rekognition takes region and keys from the usual AWS places; each photo is charged."""
    return backend(name, **({"manifest": manifest} if manifest else {}))


def _heads(pixels: NDArray[np.uint8]) -> Sequence[Box]:
    from privacy.heads import find_heads  # loads a model: not for `manage.py help`

    return [Box(round(h.x), round(h.y), round(h.width), round(h.height)) for h in find_heads(pixels)]


def _table(found: dict[str, Any]) -> str:
    """The same figures for reading."""
    lines = [f"{found['backend']} {found['model_version']}, photos: {found['photos']}"]
    for name, (low, high) in found["intervals"].items():
        lines.append(f"{name:26} {found[name]:.3f}  (95 % interval {low:.3f} to {high:.3f})")
    lines.append(f"{'ms_per_photo':26} {found['ms_per_photo']}")
    lines += [f"could not be judged: {name}" for name in found["unsuitable"]]
    return "\n".join(lines)
