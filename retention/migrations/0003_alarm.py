from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_by_day")]
    operations = [
        migrations.AddField(
            model_name="run",
            name="alarm",
            field=models.CharField(blank=True, default="", max_length=10, verbose_name="alarm"),
            preserve_default=False,
        ),
    ]
