from __future__ import annotations

from django.db import migrations, models

import detection.models.authorisation
import legal.models.authorisation

ADDRESS = "The address it is read at (https://…, or /… in this centre), or its reference and the PDF."
PDF = {
    "blank": True,
    "upload_to": detection.models.authorisation.document_path,
    "validators": [legal.models.authorisation.check_document],
}


class Migration(migrations.Migration):
    dependencies = [("detection", "0007_measured")]
    operations = [
        migrations.AddField(
            model_name="analyticsauthorisation",
            name="aipd_document",
            field=models.FileField(verbose_name="impact assessment, the PDF", **PDF),
        ),
        migrations.AddField(
            model_name="analyticsauthorisation",
            name="model_card_document",
            field=models.FileField(verbose_name="model card, the PDF", **PDF),
        ),
        migrations.AlterField(
            model_name="analyticsauthorisation",
            name="aipd",
            field=models.CharField(
                help_text=ADDRESS, max_length=300, verbose_name="impact assessment (AIPD)"
            ),
        ),
        migrations.AlterField(
            model_name="analyticsauthorisation",
            name="model_card",
            field=models.CharField(help_text=ADDRESS, max_length=300, verbose_name="model card"),
        ),
    ]
