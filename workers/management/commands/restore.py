"""`manage.py restore FILE --identity KEYFILE`: put a backup back into an empty site. How: docs/backups.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from oversight.embedded.problems import CannotStart
from workers.backup import asking, restoring, sealing, site_key
from workers.backup.problems import CannotRestore
from workers.backup.servers import awake


class Command(BaseCommand):
    """Reads the whole file first, and changes nothing unless all of it is whole and the site is empty."""

    help = "Put a backup back into an empty site, and see whether its guard is whole."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, help="the file of the private age key")
        parser.add_argument(
            "--passphrase", action="store_true", help=f"ask for it, or take {asking.VARIABLE}"
        )
        parser.add_argument("--with-key", action="store_true", help="take over the site's secret key as well")
        parser.add_argument(
            "--only-verify", action="store_true", help="read and check the file; change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        say = asking.now_and_then(self.stderr.write)
        try:
            backup = restoring.verified(options["file"], self._keys(options), say)
            found = backup.manifest
            self.stdout.write(
                f"Whole: made {found.made_at}, {sum(each.rows for each in found.tables.values()):,} rows of "
                f"{len(found.tables)} tables, {found.photos.count:,} photos and files."
            )
            if options["only_verify"]:
                return
            with awake():
                restoring.put_back(backup, say)
                wrong = restoring.afterwards(say)
            if options["with_key"]:
                self.stdout.write(site_key.put_back(backup.key))
        except (CannotRestore, CannotStart, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        except psycopg.Error as problem:
            raise CommandError(f"The database did not answer as it should: {problem}") from problem
        if wrong:
            raise CommandError("\n".join(["Everything was put back, but something is wrong:", *wrong]))
        self.stdout.write("Everything was put back and is equal. The guard is whole.")

    def _keys(self, options: dict[str, Any]) -> sealing.Keys:
        identity = sealing.read_identity(options["identity"]) if options["identity"] else ""
        word = asking.passphrase("Passphrase of this backup", twice=False) if options["passphrase"] else ""
        return sealing.Keys(identity, word)
