"""Segments lie in one partition a UTC day of `started_at`: a day that has expired is dropped whole.

To Django the table is what it was. The file's name stays unique within its day, which is in the name.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("footage", "0013_masks"), ("retention", "0002_by_day")]
    operations = [
        migrations.RunSQL(
            "SELECT retention_split_by_day('footage_segment', 'started_at')", migrations.RunSQL.noop
        ),
    ]
