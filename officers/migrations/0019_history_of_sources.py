"""Sources and topics in the history of the records that they are about."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [("officers", "0018_large_loads")]

    operations = [
        migrations.RunSQL((SQL / "history_parents.sql").read_text()),
        migrations.AlterModelOptions(
            name="citation", options={"ordering": ["field", "pk"], "verbose_name": "source"}
        ),
    ]
