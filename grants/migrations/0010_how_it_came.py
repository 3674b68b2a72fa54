"""How an application came, when it was received, and whether the office writes it for the applicant."""

from django.db import migrations, models

CHANNELS = (
    ("online", "Online"),
    ("paper", "On paper"),
    ("phone", "By phone"),
    ("in_person", "In person"),
    ("email", "By e-mail"),
    ("import", "From a list (import)"),
)
RECORDED = ("paper", "phone", "in_person", "email")


class Migration(migrations.Migration):
    dependencies = [("grants", "0009_similar_titles")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="channel",
            field=models.CharField(
                choices=CHANNELS,
                db_default="online",
                default="online",
                editable=False,
                max_length=10,
                verbose_name="how it came",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="received_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="time of receipt"),
        ),
        migrations.AddField(
            model_name="application",
            name="on_behalf",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="entered by the office"
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["fund", "-id"],
                condition=models.Q(("on_behalf", True), ("state", "DRAFT")),
                name="application_recorded",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", [value for value, _label in CHANNELS])),
                name="application_known_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "online"), ("on_behalf", False), ("received_at__isnull", True)),
                    models.Q(("channel", "import"), ("on_behalf", False)),
                    models.Q(("channel__in", RECORDED), ("received_at__isnull", False)),
                    _connector="OR",
                ),
                name="application_came_some_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("received_at__isnull", True),
                    ("submitted_at__isnull", True),
                    ("submitted_at", models.F("received_at")),
                    _connector="OR",
                ),
                name="application_received_once",
            ),
        ),
    ]
