"""`manage.py audit_check`: a changed row, and rows cut off at the end, on a log that was really committed."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from oversight import audit
from oversight.models import User
from tests.stack import Stack


def checked(**options: object) -> dict[str, Any]:
    out = StringIO()
    call_command("audit_check", "--json", stdout=out, **options)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_the_command_finds_a_changed_row_and_a_cut_end(stack: Stack, tmp_path: Path) -> None:
    with transaction.atomic():
        for number in range(5):
            audit.record(by=None, action="did", subject=User(pk=number))
    told = checked(export=tmp_path / "audit.jsonl")
    assert (told["rows"], told["first_broken"]) == (5, None)
    assert len((tmp_path / "audit.jsonl").read_text().splitlines()) == 5
    assert checked(noted=told["end"])["noted_end_is_gone"] is False
    owner = stack.connect("owner")
    owner.execute("DELETE FROM oversight_auditevent WHERE place_in_chain = 5")
    owner.commit()
    assert checked()["first_broken"] is None  # a shorter whole chain; only the noted end tells
    with pytest.raises(CommandError):
        checked(noted=told["end"])
    owner.execute("UPDATE oversight_auditevent SET actor = 'nobody' WHERE place_in_chain = 2")
    owner.commit()
    with pytest.raises(CommandError):
        checked()
    with pytest.raises(CommandError, match="place:hash"):
        checked(noted="nonsense")
