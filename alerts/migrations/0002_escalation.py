"""How long an alert may wait: 30 s at priority 1 (law Q-01), longer below. The centre edits the rows."""

import django.core.validators
from django.db import migrations, models


def first_rules(apps, schema_editor):
    rule = apps.get_model("alerts", "EscalationRule")
    for priority, after_s in ((1, 30), (2, 90), (3, 300)):
        rule.objects.get_or_create(priority=priority, defaults={"after_s": after_s})


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="EscalationRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1"), (2, "2"), (3, "3")], unique=True, verbose_name="priority"
                    ),
                ),
                (
                    "after_s",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(5)], verbose_name="seconds"
                    ),
                ),
            ],
            options={
                "verbose_name": "escalation rule",
                "verbose_name_plural": "escalation rules",
                "ordering": ["priority"],
            },
        ),
        migrations.RunPython(first_rules, migrations.RunPython.noop),
    ]
