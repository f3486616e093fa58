from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0003_lets_old_rows_go")]

    operations = [
        migrations.AlterModelOptions(
            name="event",
            options={"verbose_name": "line of the log of facts", "verbose_name_plural": "log of facts"},
        ),
        migrations.AlterModelOptions(
            name="pulse",
            options={"verbose_name": "sign of life", "verbose_name_plural": "signs of life"},
        ),
    ]
