from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("console", "0003_wall_tour_hours")]

    operations = [
        migrations.AlterModelOptions(
            name="presence",
            options={"verbose_name": "open screen", "verbose_name_plural": "open screens"},
        ),
    ]
