"""The purge of officers whose assignments change: once a statement, not once a row."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "large_loads.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("recognition", "0007_pruned"), ("officers", "0018_large_loads")]
    operations = [migrations.RunSQL(SQL)]
