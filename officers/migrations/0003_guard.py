"""The second lock, first half: the law in the database, and ratchets that turn one way."""

from pathlib import Path

from django.db import migrations

from oversight.database_roles import revoke

SQL = (Path(__file__).parent / "sql" / "guard.sql").read_text()


def keep_the_memory_from_the_app(apps, editor):
    revoke(editor, "gate_memory", "ALL")


class Migration(migrations.Migration):
    dependencies = [("officers", "0002_states")]
    operations = [
        migrations.RunSQL(SQL),
        migrations.RunPython(keep_the_memory_from_the_app, migrations.RunPython.noop),
    ]
