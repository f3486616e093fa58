from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("detection", "0006_known")]
    operations = [
        migrations.AddField(
            model_name="signal",
            name="measured",
            field=models.JSONField(blank=True, default=dict, verbose_name="measured"),
        ),
        migrations.AddField(
            model_name="watchstate",
            name="crowds",
            field=models.JSONField(blank=True, default=dict, verbose_name="people counted"),
        ),
    ]
