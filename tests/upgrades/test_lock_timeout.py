"""A migration gives up rather than let everybody wait behind it."""

import os
import subprocess
import sys
import time

from oversight.embedded.programs import PROJECT
from tests.stack import Stack

PROGRAM = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW lock_timeout"); print(cursor.fetchone()[0])
    cursor.execute("ALTER TABLE officers_officer ADD COLUMN later integer")
"""


def ask(stack: Stack, role: str) -> subprocess.CompletedProcess[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "oversight.settings", "OVERSIGHT_MIGRATION_LOCK_SECONDS": "1"}
    env = {**os.environ, **stack.env, **settings, "OVERSIGHT_DB_ROLE": role}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, env=env, capture_output=True, text=True, check=False
    )


def test_a_migration_waits_for_a_table_no_longer_than_it_may(stack: Stack) -> None:
    reader = stack.connect("app")
    reader.execute("SELECT count(*) FROM officers_officer")  # and stays in its transaction
    begun = time.monotonic()
    done = ask(stack, "owner")
    assert done.stdout.split() == ["1s"]
    assert "canceling statement due to lock timeout" in done.stderr
    assert time.monotonic() - begun < 30
    reader.rollback()
    assert ask(stack, "owner").returncode == 0


def test_the_app_waits_as_long_as_it_takes(stack: Stack) -> None:
    assert ask(stack, "app").stdout.split() == ["0"]
