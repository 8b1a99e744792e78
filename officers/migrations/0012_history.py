"""The history of the record: one append-only table, written by triggers whatever a change came from."""

from pathlib import Path

import django.db.models.deletion
import officers.models.base
from django.conf import settings
from django.db import migrations, models


from oversight.database_roles import revoke

SQL = (Path(__file__).parent / "sql" / "history.sql").read_text()


def only_the_triggers_write(apps, editor):
    revoke(editor, "officers_recordchange", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0011_record'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='document',
            name='text',
            field=models.TextField(blank=True, db_default='', editable=False),
        ),
        migrations.CreateModel(
            name='OfficerMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gone_id', models.BigIntegerField()),
                ('gone_name', models.CharField(max_length=500)),
                ('act', models.CharField(max_length=36)),
                ('why', officers.models.base.FreeText(blank=True)),
                ('merged_at', models.DateTimeField(auto_now_add=True)),
                ('kept', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merges', to='officers.officer')),
                ('merged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='RecordChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('act', models.CharField(max_length=36)),
                ('record', models.CharField(max_length=63)),
                ('row_id', models.BigIntegerField()),
                ('parent', models.CharField(max_length=63)),
                ('parent_id', models.BigIntegerField(null=True)),
                ('department_id', models.BigIntegerField(null=True)),
                ('operation', models.CharField(choices=[('I', 'Added'), ('U', 'Changed'), ('D', 'Deleted')], max_length=1)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor', models.CharField(max_length=150)),
                ('why', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['record', 'row_id', 'id'], name='changes_of_a_row'), models.Index(fields=['parent', 'parent_id', 'id'], name='changes_under_a_row'), models.Index(fields=['act'], name='changes_of_an_act'), models.Index(fields=['department_id', 'id'], name='changes_in_a_department')],
            },
        ),
        migrations.RunSQL(SQL),
        migrations.RunPython(only_the_triggers_write, migrations.RunPython.noop),
    ]
