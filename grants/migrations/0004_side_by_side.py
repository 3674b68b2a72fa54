"""Two people in one draft, papers kept by organisations, the virus scanner, messages about a case."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from accounts.guards import Guard, changed, put_up

MESSAGES = "grants_casemessage"
WORDS = "a message about a case never changes"
GUARDS = (
    Guard(
        MESSAGES,
        "message_unchanged",
        "UPDATE",
        WORDS,
        changed("application_id", "side", "text", "sent_by_id", "sent_at"),
    ),
    Guard(MESSAGES, "message_undeleted", "DELETE", WORDS),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_triggers"),
        ("grants", "0003_lists_of_many_years"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="entry_versions",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="attachment",
            name="scan",
            field=models.CharField(
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
        migrations.AddField(
            model_name="attachment",
            name="scanned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="round",
            name="file_max_bytes",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="round",
            name="file_types",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="round",
            name="jury_on",
            field=models.DateField(blank=True, null=True, verbose_name="session of the jury"),
        ),
        migrations.CreateModel(
            name="CaseMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("applicant", "Applicant"), ("office", "Office")], max_length=10)),
                ("text", models.TextField(max_length=4000, verbose_name="message")),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_messages",
                        to="grants.application",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseMessageFile",
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
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="grants.casemessage"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a message",
                "verbose_name_plural": "files of messages",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="OrganisationDocument",
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
                        choices=[
                            ("statutes", "Statutes"),
                            ("exemption_notice", "Tax exemption notice"),
                            ("register", "Register extract"),
                            ("quote", "Quote"),
                            ("cooperation", "Cooperation letter"),
                            ("other", "Other document"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="date of the paper")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "paper of an organisation",
                "verbose_name_plural": "papers of organisations",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="attachment",
            name="source",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grants.organisationdocument",
            ),
        ),
        put_up(GUARDS),
    ]
