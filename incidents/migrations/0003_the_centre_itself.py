"""What concerns the centre itself joins nothing: a street around the corner is another matter."""

from django.db import migrations, models

NATURES = [
    ("alert_button", "Alert button"),
    ("call_point", "Call point"),
    ("alarm_panel", "Alarm panel"),
    ("signal", "Analytic signal"),
    ("observed", "Seen by an operator"),
    ("centre", "The centre itself"),
]


def joins_nothing(apps, schema_editor):
    rule = apps.get_model("incidents", "JoinRule")
    rule.objects.get_or_create(nature="centre", defaults={"minutes": 0, "radius_m": 0})


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_rules")]
    operations = [
        *(
            migrations.AlterField(
                model_name=model,
                name="nature",
                field=models.CharField(choices=NATURES, max_length=20, unique=unique, verbose_name="nature"),
            )
            for model, unique in (("incident", False), ("procedure", False), ("joinrule", True))
        ),
        migrations.RunPython(joins_nothing, migrations.RunPython.noop),
    ]
