"""`manage.py rebuild_gallery --department 7`: make every missing template anew, here and now, and say how far it is.

The same enrolment as the workers', a face at a time, each with leave from the gate. What is made is kept: stopped with
Ctrl-C and begun again, it goes on where it was.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from officers.jurisdiction import read_facts
from officers.models import Department
from oversight import gate
from oversight.pace import Pace
from recognition import gallery, release

SAY_EVERY = 25


class Command(BaseCommand):
    help = "Make the missing templates of one department, or of all that permit matching."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", type=int, help="only the department with this number")

    def handle(self, *_args: Any, **options: Any) -> None:
        release.require_current_code()
        wanted = options["department"]
        if wanted is not None:
            require_permission(wanted)
        departments = [wanted] if wanted is not None else sorted(gallery.departments_to_enrol())
        for pk in departments:
            self._rebuild(pk)
        self.stdout.write("Done." if departments else "Nothing is missing.")

    def _rebuild(self, department_id: int) -> None:
        faces = list(gallery.missing(department_id).values_list("pk", flat=True))
        pace = Pace(len(faces))
        for face in faces:
            gallery.enrol_one(face)
            pace.done += 1
            if pace.done % SAY_EVERY == 0 or pace.done == pace.total:
                self.stdout.write(f"Department {department_id}: {pace.in_words()}")
        left = gallery.missing(department_id).count()
        enrolled = gallery.officers_enrolled(department_id)
        self.stdout.write(
            f"Department {department_id}: {enrolled:,} officers can be searched, {left:,} faces left."
        )


def require_permission(department_id: int) -> None:
    """Raises CommandError in plain words."""
    if not Department.objects.filter(pk=department_id).exists():
        raise CommandError("There is no department with that number.")
    if reason := gate.refusal(read_facts(department_id=department_id)):
        raise CommandError(f"Matching is not permitted in this department ({reason}), so it has no gallery.")
