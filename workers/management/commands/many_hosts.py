"""`manage.py many_hosts`: web, worker, database, queue and bucket on a machine each; every cable is pulled once."""

import json
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oversight.embedded.problems import CannotStart
from workers.hosts import network
from workers.hosts.run import Plan, play

NOT_HERE = 77
"""Exit code where this machine cannot play several."""


class Command(BaseCommand):
    """In scratch folders and a network of its own: neither this site nor this machine's network is touched."""

    help = (
        "Run the product on five machines, played by network namespaces; cut each off; count what was lost."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cut-seconds", type=float, default=10.0, help="how long each one is cut off")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        if reason := network.why_not():
            self.stderr.write(f"Not here: {reason}")
            sys.exit(NOT_HERE)
        words = [sys.argv[0], "many_hosts", "--cut-seconds", str(options["cut_seconds"])]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the scratch folders go
        network.begin_again_inside([*words, *(["--json"] if options["json"] else [])])
        begun = time.monotonic()
        try:
            figures = play(Plan(options["cut_seconds"]), self.stderr.write)
        except CannotStart as problem:
            raise CommandError(str(problem)) from problem
        figures["seconds"] = round(time.monotonic() - begun, 1)
        self.stdout.write(json.dumps(figures, indent=None if options["json"] else 2))
        if figures["lost"] or figures["double_effects"] or figures["still_open"]:
            sys.exit(1)
