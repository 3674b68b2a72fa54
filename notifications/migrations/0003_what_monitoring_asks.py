"""When each sweep last ran, whose request a notice or a document is of, and indexes for what is stuck."""

from django.db import migrations, models
from django.db.models import Q

from accounts.guards import AddGuardedField


def request_id() -> models.CharField:
    # The database fills it in too, so that processes of the version before can go on while this one starts.
    return models.CharField(max_length=64, blank=True, default="", db_default="")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_frozen_rows")]

    operations = [
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("begun_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("findings", models.TextField(blank=True)),
                ("lease_token", models.CharField(blank=True, max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "sweep", "verbose_name_plural": "sweeps", "ordering": ["name"]},
        ),
        AddGuardedField("document", "request_id", request_id()),
        AddGuardedField("notice", "request_id", request_id()),
        migrations.AddIndex(
            "document",
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="document_failed"),
        ),
        migrations.AddIndex(
            "notice",
            models.Index(fields=["state"], condition=Q(state__in=["FAILED", "HELD"]), name="notice_stuck"),
        ),
    ]
