"""The audit log: functions that chain it, and an app role that may add and read rows, never change them."""

from pathlib import Path

from django.db import migrations

from oversight.database_roles import revoke

SQL = (Path(__file__).parent / "sql" / "audit.sql").read_text()


def append_only(apps, editor):
    revoke(editor, "oversight_auditevent", "UPDATE", "DELETE", "TRUNCATE")


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_initial")]
    operations = [
        migrations.RunSQL(
            SQL,
            "DROP FUNCTION audit_on_entry() CASCADE; DROP FUNCTION seal_audit();"
            " DROP FUNCTION audit_row_text(oversight_auditevent)",
        ),
        migrations.RunPython(append_only, migrations.RunPython.noop),
    ]
