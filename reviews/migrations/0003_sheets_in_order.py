"""The order in which a juror's dashboard shows sheets, as an index: a juror of a large round has thousands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("grants", "0004_side_by_side"),
        ("reviews", "0002_frozen_decisions"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="review",
            name="review_of_juror",
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["juror", "state", "position", "id"], name="review_of_juror_in_order"),
        ),
    ]
