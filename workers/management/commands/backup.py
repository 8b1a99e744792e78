"""`manage.py backup FILE --recipient age1…`: the whole site in one encrypted file. How: docs/backups.md."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from oversight.embedded.problems import CannotStart
from oversight.environment import read_list
from workers.backup import asking, making, sealing
from workers.backup.problems import CannotBackUp
from workers.backup.servers import awake


class Command(BaseCommand):
    help = (
        "Write the database (never what was measured from faces), all photos and files to one encrypted file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that is not there yet")
        parser.add_argument(
            "--recipient",
            action="append",
            default=[],
            metavar="AGE1…",
            help="a public key of age that can open it; may be given again (or OVERSIGHT_BACKUP_RECIPIENTS)",
        )
        parser.add_argument(
            "--passphrase", action="store_true", help=f"ask for one, or take {asking.VARIABLE}"
        )
        parser.add_argument("--unencrypted", action="store_true", help="readable by whoever has the file")
        parser.add_argument("--with-key", action="store_true", help="with the site's secret key")
        parser.add_argument(
            "--make-key",
            action="store_true",
            help="make no backup: write a new private key to FILE and print its public key",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        try:
            if options["make_key"]:
                self._make_key(target)
                return
            locks = self._locks(options)
            with awake():
                say = asking.now_and_then(self.stderr.write)
                made = making.back_up(target, locks, with_key=options["with_key"], say=say)
        except (CannotBackUp, CannotStart, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        except psycopg.Error as problem:
            raise CommandError(f"The database did not answer as it should: {problem}") from problem
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"{target}: {rows:,} rows of {len(made.tables)} tables, {made.photos.count:,} photos and files "
            f"({made.photos.bytes:,} bytes), {'with' if made.has_key else 'without'} the site's key"
            + (f"; {made.erased_meanwhile} were erased meanwhile" if made.erased_meanwhile else "")
        )

    def _locks(self, options: dict[str, Any]) -> sealing.Locks:
        word = asking.passphrase("Passphrase for this backup", twice=True) if options["passphrase"] else ""
        recipients = options["recipient"] or read_list("OVERSIGHT_BACKUP_RECIPIENTS")
        if options["unencrypted"]:
            recipients = []
        locks = sealing.Locks(tuple(recipients), word)
        if locks.is_open and not options["unencrypted"]:
            raise CommandError("Who may open it? Give --recipient, --passphrase, or --unencrypted.")
        return locks

    def _make_key(self, target: Path) -> None:
        private, public = sealing.new_identity()
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{target} cannot be made: {error.strerror}.") from error
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"# public key: {public}\n{private}\n")
        self.stdout.write(public)
