"""No template of a face that a coordinator took out of matching; volunteers who tag may ask who it is."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent / "sql" / "pruned.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("recognition", "0006_civilian"), ("officers", "0010_use_for_recognition")]
    operations = [
        migrations.RunSQL(SQL),
        migrations.AddField(
            model_name="identification",
            name="asked_by_volunteer",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
