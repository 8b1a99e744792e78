"""`manage.py train_presence DIR`: learn from photos with police and without; adopt only what is better."""

import json
import shutil
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from numpy.typing import NDArray

from recognition.presence.base import Box, PresenceUnavailable
from recognition.presence.local import Local
from recognition.presence.manifest import WEIGHTS, read_manifest
from recognition.presence.training.network import TrainingImpossible
from recognition.presence.training.run import Trained, train


class Command(BaseCommand):
    """Trains on DIR/police and DIR/other, measures on photos held out, replaces the weights if better."""

    help = (
        "Train the local police presence model on DIR/police and DIR/other. One photo in five is held out by"
        " its hash; new weights are adopted only if they do better on those than the present ones."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="a folder with the folders police and other")
        parser.add_argument("--into", type=Path, default=WEIGHTS, help="where the weights in use lie")
        parser.add_argument(
            "--trained-on", default="photos of this site", help="what the photos are, for the record"
        )
        parser.add_argument(
            "--adopt-anyway", action="store_true", help="replace the weights even if not better"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        say = self.stderr.write
        with tempfile.TemporaryDirectory() as scratch:
            try:
                trained = train(
                    options["directory"],
                    Path(scratch),
                    _heads,
                    trained_on=options["trained_on"],
                    present=_present(options["into"]),
                    say=say,
                )
            except (TrainingImpossible, PresenceUnavailable, ValueError) as error:
                raise CommandError(str(error)) from error
            adopted = trained.better or options["adopt_anyway"]
            if adopted:
                adopt(trained, options["into"])
        result = {"new": trained.new, "present": trained.present, "adopted": adopted}
        self.stdout.write(json.dumps(result, indent=None if options["json"] else 2))


def _present(into: Path) -> Local | None:
    manifest = into / "police.json"
    return Local(manifest=manifest) if manifest.exists() else None


def adopt(trained: Trained, into: Path) -> None:
    """Weights, then manifest, then away with the old: at every moment the manifest names weights that exist."""
    into.mkdir(parents=True, exist_ok=True)
    name = read_manifest(trained.manifest).weights.name
    shutil.copyfile(trained.manifest.with_name(name), into / name)
    shutil.copyfile(trained.manifest, into / "police.json.new")
    (into / "police.json.new").replace(into / "police.json")
    for old in into.glob("police-*.onnx"):
        if old.name != name:
            old.unlink()


def _heads(pixels: NDArray[np.uint8]) -> Sequence[Box]:
    from privacy.heads import find_heads  # loads a model: not for `manage.py help`

    return [Box(head.x, head.y, head.width, head.height) for head in find_heads(pixels)]
