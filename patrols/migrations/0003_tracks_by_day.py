"""Tracks lie in one partition a UTC day of `at`: a day that has expired is dropped whole. To Django it is one table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patrols", "0002_tracks"), ("retention", "0002_by_day")]
    operations = [
        migrations.RunSQL("SELECT retention_split_by_day('patrols_trackpoint', 'at')", migrations.RunSQL.noop),
    ]
