"""`manage.py identify_backlog --department 7 --by ada`: asks about every face there that nobody has named."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from officers.models import Department
from oversight.models import User
from recognition import unnamed


class Command(BaseCommand):
    """Promises searches and measures nothing; workers do. Type it again to do what is left."""

    help = "Ask who the faces may be that are tagged as an officer nobody knows yet; prints counts as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", type=int, required=True, help="the department's number")
        parser.add_argument("--most", type=int, default=200, help="ask about so many at most (200)")
        parser.add_argument(
            "--by", required=True, help="the account of who asks, and says with it that these are officers"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["most"] < 1:
            raise CommandError("--most is a number from 1 on.")
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError("There is no active account with that name.")
        department = Department.objects.kept_by(by).filter(pk=options["department"]).first()
        if department is None:
            raise CommandError("This person keeps no department with that number.")
        told = unnamed.ask_all(department=department, most=options["most"], by=by)
        self.stdout.write(json.dumps(asdict(told)))
