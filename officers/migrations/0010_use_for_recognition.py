"""A coordinator may keep a tagged photo out of matching; it stays in the record."""

from django.db import migrations, models

# Whoever changes what may be measured takes the lock of the law before any row (see sql/guard.sql).
LOCK = """
    DROP TRIGGER gate_lock ON officers_face;
    CREATE TRIGGER gate_lock
        BEFORE INSERT OR UPDATE OF officer_id, photo_id, reviewed_at, use_for_recognition, x, y, width, height OR DELETE
        ON officers_face FOR EACH STATEMENT EXECUTE FUNCTION gate_lock();
    ALTER TABLE officers_face ENABLE ALWAYS TRIGGER gate_lock;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0009_moderation'),
    ]

    operations = [
        migrations.AddField(
            model_name='face',
            name='use_for_recognition',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunSQL(LOCK),
    ]
