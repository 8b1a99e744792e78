"""What triggers did row by row they do statement by statement, so that a country's record can be loaded and counted."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from oversight.database_roles import revoke

SQL = Path(__file__).parent / "sql"


def keep_the_counts_from_the_app(apps, editor):
    """Only the triggers write them."""
    revoke(editor, "officers_facetcount", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


class Migration(migrations.Migration):

    accepted_risks = {"index_locks": "No site was large before this release: made in a moment."}

    dependencies = [("officers", "0017_tokens")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["officer", "department"], name="stints_of_an_officer"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                fields=["department", "officer", "rank", "unit"], name="stints_in_a_department"
            ),
        ),
        # The two indexes above begin with these.
        migrations.AlterField(
            model_name="assignment",
            name="department",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="officers.department",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="officer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assignments",
                to="officers.officer",
            ),
        ),
        migrations.AlterField(
            model_name="rosterrow",
            name="roster",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="officers.rosterimport",
            ),
        ),
        migrations.AddIndex(
            model_name="searchrow",
            index=models.Index(
                condition=models.Q(("is_listed", True)), fields=["officer"], name="listed_by_number"
            ),
        ),
        migrations.RunSQL((SQL / "large_loads.sql").read_text()),
        migrations.CreateModel(
            name="FacetCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("race", models.CharField(max_length=20)),
                ("gender", models.CharField(max_length=10)),
                ("birth_year", models.PositiveSmallIntegerField(null=True)),
                ("is_active", models.BooleanField(null=True)),
                ("by_pay", models.BigIntegerField()),
                ("how_many", models.BigIntegerField()),
                ("is_sum", models.BooleanField()),
            ],
        ),
        migrations.RunSQL((SQL / "search_facts.sql").read_text()),
        migrations.RunPython(keep_the_counts_from_the_app, migrations.RunPython.noop),
    ]
