"""What all projects of a round share, as everybody may read it; where the unit is that runs a project."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grants", "0005_messages_that_wait")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="executing_unit_address",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="address of who runs the project"
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="announced_cents",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="money for all projects"),
        ),
    ]
