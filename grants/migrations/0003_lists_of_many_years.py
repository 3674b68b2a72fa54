"""Indexes for lists of a hundred thousand cases: in each order, their sums, and words inside a text."""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError, migrations, models, transaction

SENT = ~models.Q(state__in=("DRAFT", "DISCARDED"))
ORDERS = (("receipt", "submitted_at"), ("due", "due_date"), ("title", "title_key"), ("amount", "requested_cents"))


def index_words(apps: Any, schema_editor: Any) -> None:
    """Index the parts of words, where the database can. Without the extension the search is slower, not wrong."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                "CREATE INDEX application_words ON grants_application USING gin (search_key gin_trgm_ops)"
                " WHERE NOT (state IN ('DRAFT', 'DISCARDED'))"
            )
    except DatabaseError as error:
        logging.getLogger(__name__).warning("The search has no index, because pg_trgm is not to be had: %s", error)


def forget_words(apps: Any, schema_editor: Any) -> None:
    """Drop the index; the extension may serve others."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS application_words")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_triggers"),
        ("grants", "0002_version_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="search_key",
            field=models.CharField(blank=True, editable=False, max_length=700),
        ),
        *(
            migrations.AddIndex(
                model_name="application",
                index=models.Index(condition=SENT, fields=[column, "id"], name=f"application_by_{name}"),
            )
            for name, column in ORDERS
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=SENT, fields=["fund", "state"], include=("requested_cents",), name="application_figures"
            ),
        ),
        migrations.RunPython(index_words, forget_words),
    ]
