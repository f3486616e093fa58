from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_panels")]

    operations = [
        migrations.AlterModelOptions(
            name="numberseries",
            options={"verbose_name": "number of a year", "verbose_name_plural": "numbers of years"},
        ),
    ]
