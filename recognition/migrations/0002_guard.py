"""The second lock, second half: no template and no candidate where the gate says no, gone when a door closes."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "guard.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("recognition", "0001_initial"), ("officers", "0003_guard")]
    operations = [migrations.RunSQL(SQL)]
