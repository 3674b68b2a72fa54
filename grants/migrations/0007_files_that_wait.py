"""The files that wait for the virus scanner, as an index of each table."""

from django.db import migrations, models

NAMES = {
    "organisationdocument": "paper_waits",
    "attachment": "attachment_waits",
    "casemessagefile": "message_file_waits",
}


class Migration(migrations.Migration):
    dependencies = [("grants", "0006_what_a_round_announces")]

    operations = [
        migrations.AddIndex(
            model_name=model,
            index=models.Index(fields=["id"], condition=models.Q(scan="waiting"), name=name),
        )
        for model, name in NAMES.items()
    ]
