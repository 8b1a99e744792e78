"""Where legacy photos came from; and look-alikes: a perceptual hash of each photo, and the ratchet that follows it."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from oversight.database_roles import revoke


SQL = (Path(__file__).parent / "sql" / "looks.sql").read_text()


def keep_the_looks_from_the_app(apps, editor):
    revoke(editor, "gate_looks", "ALL")


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0007_publishing'),
    ]

    operations = [
        migrations.AddField(
            model_name='photo',
            name='perceptual_hash',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='ImportSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=1000)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('last_run_at', models.DateTimeField(auto_now=True)),
                ('is_finished', models.BooleanField(default=False)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='officers.department')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ImportedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=1024)),
                ('size', models.BigIntegerField()),
                ('etag', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('stored', 'Taken in'), ('duplicate', 'Held already'), ('refused', 'Refused'), ('failed', 'Could not be read')], default='waiting', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('photo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imported_files', to='officers.photo')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='officers.importsource')),
            ],
        ),
        migrations.AddConstraint(
            model_name='importsource',
            constraint=models.UniqueConstraint(fields=('place', 'department'), name='one_source_per_department'),
        ),
        migrations.AddIndex(
            model_name='importedfile',
            index=models.Index(fields=['source', 'state', 'key'], name='imported_by_state'),
        ),
        migrations.AddConstraint(
            model_name='importedfile',
            constraint=models.UniqueConstraint(fields=('source', 'key'), name='one_row_per_file'),
        ),
        migrations.AddConstraint(
            model_name='importedfile',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'stored', 'duplicate', 'refused', 'failed'])), name='imported_file_state_is_known'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('heads_found_at', None)), fields=['id'], name='photo_without_heads'),
        ),
        migrations.RunSQL(SQL),
        migrations.RunPython(keep_the_looks_from_the_app, migrations.RunPython.noop),
    ]
