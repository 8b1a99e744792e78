"""Documents: their files, the copy that everybody gets, what became of reading them. Sources name a document's page."""

from pathlib import Path

import django.contrib.postgres.functions
from django.conf import settings
from django.db import migrations, models

SQL = (Path(__file__).parent / "sql" / "documents.sql").read_text()


class Migration(migrations.Migration):

    accepted_risks = {
        "index_locks": "No site was large before this release: made in a moment.",
        "rewrites": "Few documents before this release: the column `file` is written into each in a moment.",
        "constraint_locks": "Few documents and sources before this release. The old code knows none of the new columns; that a "
        "file's hash is there once in a department is less than it promised, which was once in the whole site.",
    }

    dependencies = [
        ('officers', '0015_lists_by_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='citation',
            name='page',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='copy_size',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='file',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='document',
            name='is_drawn_over',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='document',
            name='pages_read',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='review_note',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='document',
            name='trouble',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=20),
        ),
        migrations.AlterField(
            model_name='document',
            name='sha256',
            field=models.CharField(editable=False, max_length=64),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('review_state', 'waiting')), fields=['department', 'id'], name='documents_waiting'),
        ),
        migrations.AddConstraint(
            model_name='citation',
            constraint=models.CheckConstraint(condition=models.Q(('page', None), ('page__gte', 1), _connector='OR'), name='citation_pages_begin_at_one'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('department', 'sha256'), name='one_document_of_a_file_in_a_department'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('trouble__in', ['', 'encrypted', 'too_many_pages', 'broken', 'too_slow', 'crashed', 'still_active', 'gone'])), name='document_trouble_is_known'),
        ),
        migrations.RunSQL(SQL),
    ]
