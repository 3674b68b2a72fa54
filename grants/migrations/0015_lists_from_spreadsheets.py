"""Lists from spreadsheets: how far each has come, from which row a case came, and the awards of former years."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from accounts.guards import Guard, Twin, changed, put_up

TABLE, CASES = "grants_import", "grants_importedcase"
FILE = (
    "name", "path", "size", "content_type", "sha256", "uploaded_by_id", "uploaded_at", "kind", "fund_id", "round_id",
)  # fmt: skip
# Of a list that is over only the virus scanner may still speak.
ENDED = ("stage", "ordered_by_id", "ended_at", "total_rows", "failure", "with_changed")
GUARDS = (
    Guard(TABLE, "import_file_kept", "UPDATE", "the list that was brought in stays as it was", changed(*FILE)),
    Guard(
        TABLE, "import_ended", "UPDATE", "an import that is over stays as it is",
        f"OLD.stage IN ('DONE', 'FAILED', 'CANCELLED') AND {changed(*ENDED)}",
    ),
    Guard(TABLE, "import_undeleted", "DELETE", "an import stays on record"),
    Guard(CASES, "importedcase_unchanged", "UPDATE", "from which row a case came never changes"),
    Guard(CASES, "importedcase_undeleted", "DELETE", "from which row a case came stays on record"),
)  # fmt: skip
TWINS = (
    Twin(TABLE, "import_no_twin", ("t.path = NEW.path",)),
    Twin(
        CASES, "importedcase_no_twin",
        ("t.application_id = NEW.application_id", "t.round_id = NEW.round_id AND t.key = NEW.key"),
    ),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_register_numbers"),
        ("grants", "0014_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerAward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("digest", models.CharField(max_length=64)),
                ("budget_year", models.PositiveSmallIntegerField(verbose_name="budget year")),
                ("organisation_name", models.CharField(max_length=160, verbose_name="organisation")),
                ("register_number", models.CharField(blank=True, max_length=40, verbose_name="register number")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="town")),
                ("title", models.CharField(max_length=120, verbose_name="title of the project")),
                ("municipality", models.CharField(blank=True, max_length=80, verbose_name="municipality")),
                ("amount_cents", models.BigIntegerField(verbose_name="amount")),
                ("private", models.BooleanField(verbose_name="private person or initiative")),
                ("publish", models.BooleanField(verbose_name="published")),
                ("name_key", models.CharField(max_length=200)),
                ("title_key", models.CharField(max_length=260)),
                ("register_key", models.CharField(blank=True, max_length=40)),
                ("search_key", models.CharField(max_length=500)),
            ],
            options={
                "verbose_name": "former award",
                "verbose_name_plural": "former awards",
                "ordering": ["-budget_year", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="file name")),
                ("path", models.CharField(max_length=120, unique=True)),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("content_type", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "scan",
                    models.CharField(
                        choices=[
                            ("none", "Not checked: there is no scanner"),
                            ("waiting", "Waiting for the virus scanner"),
                            ("clean", "Checked for viruses"),
                            ("infected", "Refused by the virus scanner"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("scanned_at", models.DateTimeField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("applications", "Applications"), ("awards", "Former awards")], max_length=12
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("READING", "Is being read"),
                            ("COLUMNS", "Columns to be assigned"),
                            ("CHECKING", "Is being checked"),
                            ("CHECKED", "Checked"),
                            ("WRITING", "Is being imported"),
                            ("DONE", "Imported"),
                            ("FAILED", "Not readable"),
                            ("CANCELLED", "Broken off"),
                        ],
                        default="READING",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("headings", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("sheet", models.CharField(blank=True, max_length=80)),
                ("total_rows", models.PositiveIntegerField(default=0)),
                ("done_rows", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("sample", models.JSONField(default=list)),
                ("failure", models.CharField(blank=True, max_length=20)),
                ("failure_row", models.PositiveIntegerField(default=0)),
                ("with_changed", models.BooleanField(default=False)),
                ("ended_at", models.DateTimeField(null=True)),
                ("lease_token", models.CharField(blank=True, max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ImportedCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("digest", models.CharField(max_length=64)),
                ("row", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "imported case",
                "verbose_name_plural": "imported cases",
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("place", models.PositiveSmallIntegerField(null=True)),
                ("column", models.CharField(max_length=24)),
                ("code", models.CharField(max_length=20)),
                ("value", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "verbose_name": "error of a list",
                "verbose_name_plural": "errors of lists",
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_came_some_way",
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "online"), ("on_behalf", False), ("received_at__isnull", True)),
                    models.Q(("channel", "import"), ("on_behalf", False)),
                    models.Q(("channel__in", ("paper", "phone", "in_person", "email")), ("received_at__isnull", False)),
                    _connector="OR",
                ),
                name="application_came_some_way",
            ),
        ),
        migrations.AddField(
            model_name="formeraward",
            name="fund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="former_awards", to="accounts.fund"
            ),
        ),
        migrations.AddField(
            model_name="formeraward",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="former_awards",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="fund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="imports", to="accounts.fund"
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="ordered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="round",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="imports", to="grants.round"
            ),
        ),
        migrations.AddField(
            model_name="import",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="formeraward",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="former_awards", to="grants.import"
            ),
        ),
        migrations.AddField(
            model_name="importedcase",
            name="application",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="imported", to="grants.application"
            ),
        ),
        migrations.AddField(
            model_name="importedcase",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="grants.import"
            ),
        ),
        migrations.AddField(
            model_name="importedcase",
            name="round",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grants.round"),
        ),
        migrations.AddField(
            model_name="importproblem",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="grants.import"
            ),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(condition=models.Q(("scan", "waiting")), fields=["id"], name="import_waits"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                condition=models.Q(("stage__in", ("READING", "CHECKING", "WRITING"))),
                fields=["id"],
                name="import_worked_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        ["READING", "COLUMNS", "CHECKING", "CHECKED", "WRITING", "DONE", "FAILED", "CANCELLED"],
                    )
                ),
                name="import_known_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "applications"), ("round__isnull", False)),
                    models.Q(("kind", "awards"), ("round__isnull", True)),
                    _connector="OR",
                ),
                name="import_into_round_or_fund",
            ),
        ),
        migrations.AddIndex(
            model_name="formeraward",
            index=models.Index(fields=["fund", "-budget_year", "-id"], name="formeraward_of_fund"),
        ),
        migrations.AddIndex(
            model_name="formeraward",
            index=models.Index(fields=["name_key"], name="formeraward_by_name"),
        ),
        migrations.AddIndex(
            model_name="formeraward",
            index=models.Index(fields=["title_key"], name="formeraward_by_title"),
        ),
        migrations.AddIndex(
            model_name="formeraward",
            index=models.Index(
                condition=models.Q(("register_key", ""), _negated=True),
                fields=["register_key"],
                name="formeraward_by_register",
            ),
        ),
        migrations.AddConstraint(
            model_name="formeraward",
            constraint=models.UniqueConstraint(fields=("fund", "key"), name="formeraward_key_once"),
        ),
        migrations.AddConstraint(
            model_name="formeraward",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="formeraward_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="formeraward",
            constraint=models.CheckConstraint(
                condition=models.Q(("budget_year__range", (1950, 2199))), name="formeraward_known_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="importedcase",
            constraint=models.UniqueConstraint(fields=("round", "key"), name="importedcase_key_once"),
        ),
        put_up(GUARDS, TWINS),
    ]
