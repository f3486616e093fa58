from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("detection", "0005_trials")]
    operations = [migrations.RenameField("eventtype", "note", "known")]
