"""Take in rosters: `manage.py import_roster FILE... --department 7 --source "City payroll"`."""

from argparse import ArgumentParser
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from officers.models import Department, RosterImport
from officers.problems import NotPossible
from officers.rosters import acts, report
from officers.rosters.files import TooLarge
from officers.rosters.reading import UnreadableFile

MOST_SHOWN = 100


class Command(BaseCommand):
    """Shows first what would change; loads all of it or nothing; undoes a whole load."""

    help = "Compare rosters (CSV, Excel, JSON Lines, ZIP) with the record, and load them after a yes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="the files, all of one import")
        parser.add_argument("--department", type=int, help="the department's number")
        parser.add_argument("--source", help='where they come from; "this site" for our own export')
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--yes", action="store_true", help="do not ask before loading")
        parser.add_argument("--missing", choices=["leave", "end"], default="leave")
        parser.add_argument("--ended-on", type=date.fromisoformat, help="the day for --missing end")
        parser.add_argument("--pay-year", type=int, help="the year of pay, where the files do not say it")
        parser.add_argument("--day-first", action="store_true", help="07-12-2019 is 7 December")
        parser.add_argument(
            "--publish", action="store_true", help="incidents, complaints and lawsuits are public at once"
        )
        parser.add_argument(
            "--decide", action="append", default=[], metavar="ROW=OFFICER", help="or ROW=new; may be repeated"
        )
        parser.add_argument("--undo", type=int, metavar="IMPORT", help="take a whole load back")
        parser.add_argument(
            "--leave-changed", action="store_true", help="with --undo: leave what was changed since"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["undo"]:
                self._undo(options["undo"], leave_later_work=options["leave_changed"])
            else:
                self._import(options)
        except (UnreadableFile, NotPossible) as problem:
            raise CommandError(str(problem)) from problem
        except TooLarge as problem:
            raise CommandError("A file may have at most 100 MB.") from problem

    def _undo(self, number: int, *, leave_later_work: bool) -> None:
        held = RosterImport.objects.filter(pk=number).first()
        if held is None:
            raise CommandError(f"There is no import {number}.")
        acts.undo(held=held, by=None, leave_later_work=leave_later_work)
        self.stdout.write(f"Import {number} was undone.")
        for one in held.summary.get("left", []):
            self.stdout.write(f"  left: {one['kind']} {one['id']}, {one['name']}: {one['why']}")

    def _import(self, options: dict[str, Any]) -> None:
        department = Department.objects.filter(pk=options["department"]).first()
        if department is None or not options["files"] or not options["source"]:
            raise CommandError("Name the files, --department (its number) and --source.")
        ended_on = options["ended_on"]
        with ExitStack() as open_files:
            try:
                uploads = [
                    (open_files.enter_context(path.open("rb")), path.name) for path in options["files"]
                ]
            except OSError as error:
                raise CommandError(f"{error.filename} cannot be read.") from error
            held = acts.begin(
                department=department,
                source=options["source"],
                uploads=uploads,
                by=None,
                options={
                    "month_first": not options["day_first"],
                    "missing": options["missing"],
                    "ended_on": ended_on.isoformat() if ended_on else "",
                    "pay_year": options["pay_year"] or "",
                    "publish": options["publish"],
                },
            )
        self._check(held, options["decide"])
        if not options["dry_run"]:
            self._load(held, is_asked=not options["yes"])

    def _check(self, held: RosterImport, decisions: list[str]) -> None:
        acts.read_rows(held)
        acts.compare(held)
        if decisions:
            for decision in decisions:
                self._decide(held, decision)
            acts.compare(held, afresh=True)
        for line in report.lines(held, most=MOST_SHOWN):
            self.stdout.write(line)

    def _decide(self, held: RosterImport, decision: str) -> None:
        line, _, officer = decision.partition("=")
        row = held.rows.filter(sheet="officers", verdict="doubtful", line=int(line or 0)).first()
        if row is None or not (officer == "new" or officer.isdecimal()):
            raise CommandError(f"{decision}: write ROW=OFFICER or ROW=new, for a doubtful row.")
        acts.decide(held=held, row=row.pk, officer=None if officer == "new" else int(officer), by=None)

    def _load(self, held: RosterImport, *, is_asked: bool) -> None:
        if not report.has_changes(held):
            self.stdout.write("There is nothing to change.")
        if is_asked and input("Load this? (yes/no) ").strip().casefold() not in {"y", "yes"}:
            raise CommandError("Nothing was loaded.")
        acts.load(held=held, by=None)
        self.stdout.write(
            f"Loaded as import {held.pk}. To take it back: manage.py import_roster --undo {held.pk}"
        )
