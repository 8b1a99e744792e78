"""The second lock, first half: the law in the database, and ratchets that turn one way."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "guard.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("officers", "0002_states")]
    operations = [migrations.RunSQL(SQL)]
