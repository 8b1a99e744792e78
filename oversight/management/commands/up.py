"""`manage.py up`: start the whole product in this terminal and stop it with Ctrl-C."""

import os
import sys
from io import TextIOWrapper
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from oversight.embedded.launch import launch
from oversight.embedded.problems import CannotStart


class Command(BaseCommand):
    help = "Start the database, the queue, the web server and the worker, and keep them running until Ctrl-C."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # an old terminal's alphabet is no reason to stop
        try:
            launch(settings.LOCATIONS, os.environ)
        except CannotStart as problem:
            raise CommandError(str(problem)) from problem
