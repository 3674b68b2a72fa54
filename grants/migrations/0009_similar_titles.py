"""Which cases have titles like one another, and which title of a case was compared last."""

import django.db.models.deletion
from django.db import migrations, models

UNSENT = models.Q(("state__in", ("DRAFT", "DISCARDED")), _negated=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_register_numbers"), ("grants", "0008_messages_without_twin")]

    operations = [
        migrations.CreateModel(
            name="SimilarTitle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField()),
                *(
                    (
                        name,
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="grants.application"
                        ),
                    )
                    for name in ("application", "earlier")
                ),
            ],
            options={
                "verbose_name": "similar title",
                "verbose_name_plural": "similar titles",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "earlier"), name="similartitle_once"),
                    models.CheckConstraint(
                        condition=models.Q(("application__gt", models.F("earlier"))), name="similartitle_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (1, 100))), name="similartitle_percent"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="application",
            name="title_compared",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=260),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["id"],
                condition=models.Q(UNSENT, models.Q(("title_compared", models.F("title_key")), _negated=True)),
                name="application_title_is_new",
            ),
        ),
    ]
