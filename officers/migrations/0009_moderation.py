"""What keeps something from the public, and what people tell us about it."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SQL = (Path(__file__).parent / "sql" / "holds.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0008_legacy'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(choices=[('wrong_officer', 'This is not that officer'), ('wrong_department', 'This is another department'), ('not_police', 'This is not a police officer'), ('private', 'This is a private person, not an officer on duty'), ('minor', 'Somebody in it is under 18'), ('illinois', 'This is from Illinois'), ('other', 'Something else')], max_length=20)),
                ('part', models.CharField(blank=True, choices=[('', 'The whole page'), ('name', 'The name'), ('badge', 'The badge number, rank or unit'), ('dates', 'The dates'), ('photo', 'A photo')], default='', max_length=10)),
                ('text', models.TextField(blank=True)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Waiting'), ('kept', 'Looked at, and left as it is'), ('hidden', 'Hidden'), ('prohibited', 'Hidden, and never compared'), ('untagged', 'The tag was taken away'), ('moved', 'Moved to another department'), ('deleted', 'Deleted')], default='', max_length=12)),
                ('finding', models.TextField(blank=True)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='officers.department')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('face', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='officers.face')),
                ('officer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='flags', to='officers.officer')),
                ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='flags', to='officers.photo')),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('minor', 'Somebody in it is under 18'), ('private', 'A private person'), ('illinois', 'From Illinois'), ('safety', 'Somebody’s safety'), ('wrong', 'It is wrong'), ('takedown', 'Somebody asked us to take it down'), ('deleted', 'Deleted'), ('other', 'Something else')], max_length=10)),
                ('since', models.DateTimeField(auto_now_add=True)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('erase_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('flag', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='holds', to='officers.flag')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='officers.officer')),
                ('photo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='officers.photo')),
            ],
        ),
        migrations.CreateModel(
            name='Takedown',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('asker', models.CharField(choices=[('pictured', 'I am in the photo'), ('officer', 'I am the officer'), ('parent', 'My child is in the photo'), ('lawyer', 'I am a lawyer and write for somebody'), ('other', 'Somebody else')], max_length=10)),
                ('links', models.TextField()),
                ('why', models.TextField()),
                ('contact', models.CharField(blank=True, max_length=300)),
                ('due_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='flag',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['department', 'received_at'], name='flags_waiting'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['photo'], name='holds_on_photos'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['officer'], name='holds_on_officers'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('ended_at', None), ('erase_at__isnull', False)), fields=['erase_at'], name='photos_to_erase'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('officer', None), ('photo__isnull', False)), models.Q(('officer__isnull', False), ('photo', None)), _connector='OR'), name='a_hold_is_on_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('erase_at', None), models.Q(('photo__isnull', False), ('until', None)), _connector='OR'), name='only_a_photo_is_erased_later_and_only_by_a_hold_without_end'),
        ),
        migrations.AddIndex(
            model_name='takedown',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['due_at'], name='takedowns_waiting'),
        ),
        migrations.RunSQL(SQL),
    ]
