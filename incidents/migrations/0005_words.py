from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_signal")]

    operations = [
        migrations.AlterModelOptions(
            name="incidentcause",
            options={"verbose_name": "cause of an incident", "verbose_name_plural": "causes of incidents"},
        ),
        migrations.AlterModelOptions(
            name="incidentlink",
            options={"verbose_name": "link between incidents", "verbose_name_plural": "links between incidents"},
        ),
        migrations.AlterModelOptions(
            name="incidentnote",
            options={"ordering": ["at", "id"], "verbose_name": "note on an incident", "verbose_name_plural": "notes on incidents"},
        ),
        migrations.AlterModelOptions(
            name="incidentstep",
            options={"ordering": ["order"], "verbose_name": "step of an incident", "verbose_name_plural": "steps of incidents"},
        ),
        migrations.AlterModelOptions(
            name="yearcounter",
            options={"verbose_name": "number of a year", "verbose_name_plural": "numbers of years"},
        ),
    ]
