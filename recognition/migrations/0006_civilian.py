"""Volunteers may be asked whether somebody is police, and somebody may want a mail when a search is over."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0005_matching_proposal'),
        ('recognition', '0005_bulk'),
    ]

    operations = [
        migrations.CreateModel(
            name='DoneMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('send_to', models.EmailField(max_length=254)),
            ],
        ),
        migrations.CreateModel(
            name='VolunteerLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.CharField(blank=True, choices=[('', 'Nobody has looked yet'), ('yes', 'An officer'), ('no', 'Not an officer'), ('unclear', 'Cannot tell')], default='', max_length=10)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='identification',
            name='identification_state_is_known',
        ),
        migrations.AddField(
            model_name='identification',
            name='steps_done',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name='identification',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('asking', 'A volunteer is asked whether this is an officer'), ('done', 'Done'), ('refused', 'Not allowed'), ('unusable', 'This face cannot be compared')], default='waiting', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='identification',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'asking', 'done', 'refused', 'unusable'])), name='identification_state_is_known'),
        ),
        migrations.AddField(
            model_name='donemail',
            name='identification',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='done_mail', to='recognition.identification'),
        ),
        migrations.AddField(
            model_name='volunteerlook',
            name='identification',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='look', to='recognition.identification'),
        ),
        # An address is in no write-ahead log, no replica and no dump, and is gone after a crash.
        migrations.RunSQL('ALTER TABLE recognition_donemail SET UNLOGGED', migrations.RunSQL.noop),
    ]
