from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("doors", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="keptanswer",
            options={"verbose_name": "answer kept for a repeated message", "verbose_name_plural": "answers kept for repeated messages"},
        ),
    ]
