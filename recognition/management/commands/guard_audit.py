"""Prove that every lock is in place and nothing forbidden is stored: `manage.py guard_audit [--purge] [--json]`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recognition import guard_audit


class Command(BaseCommand):
    help = "Check the locks of the legal gate in the database, and that nothing it forbids is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--purge", action="store_true", help="first delete what the law forbids now")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        purged = guard_audit.purge() if options["purge"] else 0
        found = guard_audit.findings()
        if options["json"]:
            rows = [{"code": finding.code, "detail": finding.detail} for finding in found]
            self.stdout.write(json.dumps({"findings": rows, "purged": purged}))
        else:
            for finding in found:
                self.stdout.write(f"{finding.code}: {finding.detail}")
            self.stdout.write(
                f"{purged} templates deleted." if options["purge"] else "", ending="\n" if purged else ""
            )
        if found:
            raise CommandError("The guard is not whole. Face matching must not run.")
        if not options["json"]:
            self.stdout.write("Every lock is in place; nothing forbidden is stored.")
