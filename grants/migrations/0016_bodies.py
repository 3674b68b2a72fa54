"""Bodies of a fund with their members and sessions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [("jury", "Jury"), ("committee", "Committee"), ("board", "District board"), ("other", "Other body")]
SEATS = [
    ("councillor", "Councillor"),
    ("multiplier", "Multiplier"),
    ("resident", "Resident with a migration history"),
    ("expert", "Expert member"),
    ("office", "Member from the administration"),
    ("other", "Other member"),
]
PROTECT = django.db.models.deletion.PROTECT


def _id() -> tuple[str, models.BigAutoField[int, int]]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_register_numbers"),
        ("grants", "0015_lists_from_spreadsheets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Body",
            fields=[
                _id(),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("kind", models.CharField(choices=KINDS, max_length=12, verbose_name="kind")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("fund", models.ForeignKey(on_delete=PROTECT, related_name="bodies", to="accounts.fund")),
            ],
            options={
                "verbose_name": "body",
                "verbose_name_plural": "bodies",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "name"), name="body_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [kind for kind, _label in KINDS])), name="body_known_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BodyMember",
            fields=[
                _id(),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("kind", models.CharField(choices=SEATS, max_length=12, verbose_name="kind of member")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("body", models.ForeignKey(on_delete=PROTECT, related_name="members", to="grants.body")),
                (
                    "deputy_of",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=PROTECT, related_name="deputies", to="grants.bodymember"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=PROTECT,
                        related_name="body_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "member of a body",
                "verbose_name_plural": "members of bodies",
                "ordering": ["starts_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [kind for kind, _label in SEATS])),
                        name="bodymember_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="bodymember_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deputy_of", models.F("id")), _negated=True),
                        name="bodymember_no_deputy_of_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="bodymember_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BodySession",
            fields=[
                _id(),
                ("on", models.DateField(verbose_name="day")),
                ("starts_at", models.TimeField(blank=True, null=True, verbose_name="begins at")),
                ("place", models.CharField(blank=True, max_length=160, verbose_name="place")),
                ("is_public", models.BooleanField(default=True, verbose_name="public")),
                ("is_cancelled", models.BooleanField(default=False, verbose_name="cancelled")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("body", models.ForeignKey(on_delete=PROTECT, related_name="sessions", to="grants.body")),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "ordering": ["on", "starts_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_cancelled", False)),
                        fields=("body", "on"),
                        name="bodysession_once_a_day",
                    )
                ],
            },
        ),
    ]
