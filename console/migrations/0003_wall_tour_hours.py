from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("console", "0002_layouts")]

    operations = [
        migrations.AddField(
            model_name="walltour",
            name="hours",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Days and hours; none: whenever it hangs on a wall.",
                verbose_name="hours",
            ),
        ),
    ]
