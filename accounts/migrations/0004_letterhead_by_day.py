"""The authority's own data with the day from which each change holds; nothing of it is changed or taken away."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards import Guard, Twin, put_up

TABLE = "accounts_letterheadchange"
GUARDS = (
    Guard(TABLE, "letterhead_unchanged", "UPDATE", "what a letterhead said on a day never changes"),
    Guard(TABLE, "letterhead_kept", "DELETE", "what a letterhead said on a day is never deleted"),
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_register_numbers")]

    operations = [
        migrations.AddField(
            model_name="fund",
            name="remedy_text",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                max_length=2000,
                verbose_name="instruction on legal remedy",
            ),
        ),
        migrations.AddField(
            model_name="fund",
            name="closing",
            field=models.CharField(
                blank=True,
                db_default="Im Auftrag",
                default="Im Auftrag",
                max_length=60,
                verbose_name="words above the signature",
            ),
        ),
        migrations.CreateModel(
            name="LetterheadChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="holds from")),
                ("values", models.JSONField()),
                ("made_at", models.DateTimeField()),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letterhead_changes",
                        to="accounts.fund",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "change of the letterhead",
                "verbose_name_plural": "changes of the letterhead",
                "ordering": ["valid_from", "pk"],
                "indexes": [models.Index(fields=["valid_from"], name="letterhead_by_day")],
            },
        ),
        put_up(GUARDS, [Twin(TABLE, "letterhead_no_twin")]),
    ]
