"""The epoch of the law, and a notice at the moment it changes."""

from pathlib import Path

from django.db import migrations

from oversight.database_roles import revoke

SQL = (Path(__file__).parent / "sql" / "epoch.sql").read_text()


def read_only(apps, editor):
    revoke(editor, "gate_epoch", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


class Migration(migrations.Migration):
    dependencies = [("officers", "0003_guard")]
    operations = [migrations.RunSQL(SQL), migrations.RunPython(read_only, migrations.RunPython.noop)]
