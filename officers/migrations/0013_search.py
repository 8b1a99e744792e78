"""What officers, and everything else in the record, are found by."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from oversight.database_roles import revoke

SQL = (Path(__file__).parent / "sql" / "search.sql").read_text()


def keep_the_rows_from_the_app(apps, editor):
    """Only the triggers write them."""
    for table in ("officers_searchrow", "officers_nameword"):
        revoke(editor, table, "INSERT", "UPDATE", "DELETE")


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0012_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('word', models.TextField(db_collation='C', primary_key=True, serialize=False)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('word'), name='gin_trgm_ops'), name='name_words_alike')],
            },
        ),
        migrations.CreateModel(
            name='SearchRow',
            fields=[
                ('officer', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='row', serialize=False, to='officers.officer')),
                ('is_listed', models.BooleanField()),
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('sort_name', models.TextField(db_collation='C')),
                ('race', models.CharField(max_length=20)),
                ('gender', models.CharField(max_length=10)),
                ('birth_year', models.PositiveSmallIntegerField(null=True)),
                ('is_active', models.BooleanField(null=True)),
                ('by_rank', models.IntegerField()),
                ('by_pay', models.BigIntegerField()),
                ('by_since', models.DateField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='officers_by_words'), models.Index(condition=models.Q(('is_listed', True)), fields=['sort_name', 'officer'], name='listed_by_name'), models.Index(condition=models.Q(('is_listed', True)), fields=['by_rank', 'sort_name', 'officer'], name='listed_by_rank'), models.Index(condition=models.Q(('is_listed', True)), fields=['by_pay', 'sort_name', 'officer'], name='listed_by_pay'), models.Index(condition=models.Q(('is_listed', True)), fields=['by_since', 'sort_name', 'officer'], name='listed_by_since')],
            },
        ),
        migrations.RunSQL(SQL),
        migrations.RunPython(keep_the_rows_from_the_app, migrations.RunPython.noop),
    ]
