"""Saved filters of the office's list, and steps for many cases: confirmed once, each case done once."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from accounts.guards import Guard, changed, put_up

WORDS = "what was confirmed for many cases stays as it was seen"
GUARDS = (
    Guard(
        "grants_bulkstep", "bulkstep_confirmed_frozen", "UPDATE", WORDS,
        "OLD.confirmed_at IS NOT NULL AND " + changed(
            "id", "kind", "by_id", "officer_id", "text", "text_en", "prepared_at", "confirmed_at"
        ),
    ),
    Guard("grants_bulkstep", "bulkstep_confirmed_kept", "DELETE", WORDS, "OLD.confirmed_at IS NOT NULL"),
    Guard(
        "grants_bulkline", "bulkline_done_frozen", "UPDATE", WORDS,
        "OLD.outcome <> 'waits' OR " + changed("id", "step_id", "application_id", "seen_state", "seen_officer_id"),
    ),
    Guard("grants_bulkline", "bulkline_done_kept", "DELETE", WORDS, "OLD.outcome IN ('done', 'failed')"),
)  # fmt: skip


def person(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **options
    )


def number():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("grants", "0013_code_by_letter"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", number()),
                ("place", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=600)),
                ("person", person()),
            ],
            options={
                "verbose_name": "saved filter",
                "verbose_name_plural": "saved filters",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "place"), name="savedfilter_one_a_place"),
                    models.UniqueConstraint(fields=("person", "name"), name="savedfilter_name_once"),
                    models.CheckConstraint(condition=Q(("place__range", (1, 20))), name="savedfilter_places"),
                    models.CheckConstraint(
                        condition=Q(Q(("name", ""), _negated=True), Q(("query", ""), _negated=True)),
                        name="savedfilter_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkStep",
            fields=[
                ("id", number()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assign", "Give to a case officer"),
                            ("check", "Start the formal check"),
                            ("message", "Write to the applicants"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2400)),
                ("text_en", models.TextField(blank=True, max_length=1400)),
                ("prepared_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("by", person()),
                ("officer", person(null=True)),
            ],
            options={
                "verbose_name": "step for many cases",
                "verbose_name_plural": "steps for many cases",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=Q(("confirmed_at__isnull", False), ("finished_at", None)),
                        fields=["id"],
                        name="bulkstep_under_way",
                    ),
                    models.Index(condition=Q(("confirmed_at", None)), fields=["prepared_at"], name="bulkstep_prepared"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["assign", "check", "message"])), name="bulkstep_known_kind"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("kind", "assign"), ("officer__isnull", False)),
                            Q(Q(("kind", "assign"), _negated=True), ("officer", None)),
                            _connector="OR",
                        ),
                        name="bulkstep_names_officer",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("kind", "message"), Q(("text", ""), _negated=True)),
                            Q(Q(("kind", "message"), _negated=True), ("text", "")),
                            _connector="OR",
                        ),
                        name="bulkstep_says_something",
                    ),
                    models.CheckConstraint(
                        condition=Q(("finished_at", None), ("confirmed_at__isnull", False), _connector="OR"),
                        name="bulkstep_confirmed_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkLine",
            fields=[
                ("id", number()),
                ("seen_state", models.CharField(max_length=16)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waits", "will be done"),
                            ("left_out", "left out"),
                            ("done", "done"),
                            ("failed", "not done"),
                        ],
                        default="waits",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grants.application"
                    ),
                ),
                ("seen_officer", person(null=True)),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="grants.bulkstep"
                    ),
                ),
            ],
            options={
                "verbose_name": "case of a step for many",
                "verbose_name_plural": "cases of a step for many",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(condition=Q(("outcome", "waits")), fields=["step", "id"], name="bulkline_waiting")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("step", "application"), name="bulkline_once"),
                    models.CheckConstraint(
                        condition=Q(("outcome__in", ["waits", "left_out", "done", "failed"])),
                        name="bulkline_known_outcome",
                    ),
                ],
            },
        ),
        put_up(GUARDS),
    ]
