"""After templates were deleted, their table's file is made anew."""

from pathlib import Path

from django.db import migrations

from oversight.database_roles import revoke

SQL = (Path(__file__).parent / "sql" / "wipe.sql").read_text()


def read_only(apps, editor):
    revoke(editor, "gate_wipe_due", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


class Migration(migrations.Migration):
    dependencies = [("recognition", "0003_guard_alert")]
    operations = [migrations.RunSQL(SQL), migrations.RunPython(read_only, migrations.RunPython.noop)]
