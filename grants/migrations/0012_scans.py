"""The scan of an original is a kind of attachment."""

from django.db import migrations, models

KINDS = [
    ("statutes", "Statutes"),
    ("exemption_notice", "Tax exemption notice"),
    ("register", "Register extract"),
    ("quote", "Quote"),
    ("cooperation", "Cooperation letter"),
    ("other", "Other document"),
    ("scan", "Scan of the original"),
]


class Migration(migrations.Migration):
    dependencies = [("grants", "0011_rounds_are_fixed")]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="kind"),
        )
        for name in ("attachment", "organisationdocument")
    ]
