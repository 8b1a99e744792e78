"""`manage.py guard_histories --n 1000 --seed 1 --json`: prove that the guard holds, or tell how it did not."""

import json
import os
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oversight.embedded.problems import CannotStart
from recognition.histories.locks import WITHOUT
from recognition.histories.report import LaneBroke, play
from recognition.histories.scratch import NotScratch, given_server, own_server


class Command(BaseCommand):
    """Ends with 0 when nothing was violated and 1 when something was, also where a lock was taken away."""

    help = (
        "Play random concurrent histories against the legal guard, in a scratch database that is thrown away. "
        "With --without LOCK, take one lock away first: then they must find a violation."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--n", type=int, default=1000, help="how many histories (default: 1000)")
        parser.add_argument("--seed", type=int, default=1, help="the first history's seed (default: 1)")
        parser.add_argument("--without", choices=sorted(WITHOUT), help="take this lock away first")
        parser.add_argument("--writers", type=int, default=4, help="concurrent writers (default: 4)")
        parser.add_argument("--lanes", type=int, default=2, help="histories side by side (default: 2)")
        parser.add_argument(
            "--server",
            help="a superuser's address of a migrated oversight_scratch_... database to copy, instead of a server "
            "of our own; DATABASE_URL and DATABASE_OWNER_URL say how its roles are reached",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        if min(options["n"], options["writers"], options["lanes"]) < 1:
            raise CommandError("--n, --writers and --lanes are whole numbers of at least 1.")
        try:
            server = (
                nullcontext(given_server(options["server"], os.environ))
                if options["server"]
                else own_server()
            )
            with server as template:
                played = play(
                    template,
                    count=options["n"],
                    seed=options["seed"],
                    writers=options["writers"],
                    lanes=options["lanes"],
                    without=options["without"],
                )
        except (CannotStart, NotScratch, LaneBroke) as problem:
            raise CommandError(str(problem), returncode=2) from problem
        found = played.report(options["seed"], options["without"])
        self.stdout.write(json.dumps(found) if options["json"] else _in_lines(found))
        if played.failure:
            sys.exit(1)


def _in_lines(found: dict[str, Any]) -> str:
    lines = [f"{name:30} {value}" for name, value in found.items() if name != "story"]
    return "\n".join([*lines, *found.get("story", [])])
