"""Codes by letter: whoever enters one owns and represents the organisation online."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from accounts.guards import Guard, Twin, changed, put_up

TABLE = "grants_takeovercode"
GIVEN = ("application_id", "organisation_id", "code_hash", "issued_by_id", "confirmed_by_id", "issued_at", "expires_at")
GUARDS = (
    Guard(TABLE, "takeovercode_frozen", "UPDATE", "a code never changes", changed(*GIVEN)),
    Guard(
        TABLE, "takeovercode_ends_once", "UPDATE", "a code that was used or made void stays so",
        "(OLD.used_at IS NOT NULL OR OLD.voided_at IS NOT NULL) AND "
        + changed("used_at", "used_by_id", "voided_at", "tries"),
    ),
    Guard(TABLE, "takeovercode_counts_up", "UPDATE", "wrong codes are never forgotten", "NEW.tries < OLD.tries"),
    Guard(TABLE, "takeovercode_kept", "DELETE", "a code is never deleted"),
)  # fmt: skip
TWINS = (
    Twin(
        TABLE, "takeovercode_no_twin",
        ("t.organisation_id = NEW.organisation_id AND t.used_at IS NULL AND t.voided_at IS NULL",),
    ),
)  # fmt: skip


def person(*, null: bool = False) -> models.ForeignKey:
    """Return the column of a person."""
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0003_register_numbers"),
        ("grants", "0012_scans"),
    ]

    operations = [
        migrations.CreateModel(
            name="TakeoverCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_hash", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takeover_codes",
                        to="grants.application",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                ("issued_by", person()),
                ("confirmed_by", person(null=True)),
                ("used_by", person(null=True)),
            ],
            options={
                "verbose_name": "code by letter",
                "verbose_name_plural": "codes by letter",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("used_at__isnull", True), ("voided_at__isnull", True)),
                        fields=("organisation",),
                        name="takeovercode_one_open",
                    ),
                    models.CheckConstraint(condition=models.Q(("tries__lte", 10)), name="takeovercode_tries"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("issued_at"))), name="takeovercode_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("used_at__isnull", True), ("used_by__isnull", True)),
                            models.Q(
                                ("tries__lt", 10),
                                ("used_at__isnull", False),
                                ("used_by__isnull", False),
                                ("voided_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="takeovercode_used_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("issued_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="takeovercode_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_by__isnull", True),
                            models.Q(
                                models.Q(("used_by", models.F("issued_by")), _negated=True),
                                models.Q(
                                    ("confirmed_by__isnull", True),
                                    models.Q(("used_by", models.F("confirmed_by")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="takeovercode_not_for_the_office",
                    ),
                ],
            },
        ),
        put_up(GUARDS, TWINS),
    ]
