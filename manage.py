#!/usr/bin/env python
"""Django's command line for Oversight: `python manage.py up` starts the whole product."""

import os
import sys

from oversight.embedded.problems import CannotStart


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oversight.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except CannotStart as problem:  # the settings read the data folder's keys, before any command runs
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
