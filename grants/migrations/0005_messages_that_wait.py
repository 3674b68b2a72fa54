"""The messages that nobody of the other side has opened, as an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grants", "0004_side_by_side")]

    operations = [
        migrations.AddIndex(
            model_name="casemessage",
            index=models.Index(fields=["application"], condition=models.Q(read_at=None), name="message_unread"),
        ),
    ]
