"""Is the audit log whole? `manage.py audit_check --noted 4711:5f1d…`. Ends with 1 when it is not."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oversight import audit
from oversight.models import AuditEvent


class Command(BaseCommand):
    help = "Recompute the chain of the audit log, and say its end, to be noted somewhere else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--noted", default="", help="an end of the chain that was noted earlier (place:hash)"
        )
        parser.add_argument("--export", type=Path, help="also write every row there, a line of JSON each")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        audit.seal()
        broken, end = audit.first_broken_link(), audit.end_of_chain()
        is_cut = bool(options["noted"]) and not self._holds(options["noted"])
        if options["export"]:
            with options["export"].open("w", encoding="utf-8") as file:
                for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=1000):
                    file.write(audit.as_line(event) + "\n")
        rows = end.place if end else 0
        told = {"rows": rows, "first_broken": broken, "noted_end_is_gone": is_cut, "end": str(end or "")}
        self.stdout.write(json.dumps(told) if options["json"] else self._words(told))
        if broken is not None or is_cut:
            raise CommandError("The audit log is not whole.")

    def _holds(self, noted: str) -> bool:
        try:
            return audit.still_holds(noted)
        except ValueError as problem:
            raise CommandError("Write the noted end as place:hash.") from problem

    def _words(self, told: dict[str, Any]) -> str:
        lines = [f"{told['rows']} rows are sealed."]
        if told["first_broken"] is not None:
            lines.append(f"Row {told['first_broken']} was changed, or one before it is missing.")
        if told["noted_end_is_gone"]:
            lines.append("The noted end is not in the chain any more: rows were cut off or made anew.")
        return "\n".join([*lines, f"Note this end somewhere else: {told['end']}"])
