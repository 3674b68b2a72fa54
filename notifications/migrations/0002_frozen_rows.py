"""What was rendered, signed or sent never changes: the database itself refuses, whoever asks."""

from typing import Any

from django.db import migrations

from accounts.guards import Guard, Twin, changed, put_up

# Table, name of the trigger, when it refuses. `{x}` compares the old and the new value of column x.
DOCUMENT_DATA = ("id", "key", "kind", "fund_id", "case_key", "data", "created_at")
DOCUMENT_FILE = ("file", "sha256", "rendered_at")
LETTER_TEXT = (
    "id", "fund_id", "case_key", "kind", "number", "title", "addressee", "amount_cents", "document_id",
    "letter_date", "deemed_days", "created_at", "author_id", "signatory_id",
)  # fmt: skip
LETTER_SIGNED = ("approved_by_id", "approved_at", "signed_by_id", "signed_at", "signed_sha256")
NOTICE_OWED = (
    "id", "key", "code", "fund_id", "case_key", "user_id", "email", "language", "subject", "link",
    "erase_body", "owed_at", "message_id",
)  # fmt: skip
NOTICE_SENT = ("state", "sent_at", "next_try_at", "attempts", "lease_token", "lease_until", "error")

RULES = (
    # table, trigger, condition on the old row ("" for always), columns that stay
    ("notifications_document", "document_data_frozen", "", DOCUMENT_DATA),
    ("notifications_document", "document_file_frozen", "OLD.rendered_at IS NOT NULL", DOCUMENT_FILE),
    ("notifications_letter", "letter_text_frozen", "", LETTER_TEXT),
    ("notifications_letter", "letter_signature_frozen", "OLD.signed_at IS NOT NULL", LETTER_SIGNED),
    ("notifications_notice", "notice_frozen", "", NOTICE_OWED),
    ("notifications_notice", "notice_sent_frozen", "OLD.state = 'SENT'", NOTICE_SENT),
)
# Once sent, a text may be erased, never rewritten.
BODY = (
    "notifications_notice",
    "notice_body_frozen",
    "OLD.state = 'SENT' AND NEW.body <> OLD.body AND NEW.body <> ''",
)
# Documents of letters stand and fall with the letter, which refers to them.
GUARDS = (
    Guard(
        "notifications_letter", "letter_announcement_frozen", "UPDATE", "frozen: letter_announcement_frozen",
        f"OLD.state = 'ANNOUNCED' AND NEW.state = 'ANNOUNCED' AND {changed('announced_on')}",
    ),
)  # fmt: skip
TWINS = (
    Twin(
        "notifications_letter", "letter_no_twin",
        ("t.number = NEW.number", "t.document_id = NEW.document_id"),
    ),
    Twin("notifications_document", "document_no_twin", ("t.key = NEW.key",)),
)  # fmt: skip
DELETES = (("notifications_letter", "letter_kept", "OLD.signed_at IS NOT NULL"),)


def conditions(vendor: str) -> list[tuple[str, str, str, str]]:
    """Return (table, trigger, event, when it refuses) for this engine."""
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    found = []
    for table, name, when, columns in RULES:
        changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
        found.append((table, name, "UPDATE", f"({changed})" + (f" AND {when}" if when else "")))
    found.append((BODY[0], BODY[1], "UPDATE", BODY[2]))
    found.extend((table, name, "DELETE", when) for table, name, when in DELETES)
    return found


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            "CREATE FUNCTION notifications_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'frozen: %', TG_NAME USING ERRCODE = 'check_violation'; END $$",
            params=None,  # the percent sign is PL/pgSQL's
        )
    for table, name, event, when in conditions(schema_editor.connection.vendor):
        act = (
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION notifications_refuse()"
            if postgresql
            else f"FOR EACH ROW WHEN {when} BEGIN SELECT RAISE(ABORT, 'frozen: {name}'); END"
        )
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {act}")


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, name, _event, _when in conditions(schema_editor.connection.vendor):
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        schema_editor.execute("DROP FUNCTION notifications_refuse()")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("accounts", "0002_audit_triggers")]

    operations = [migrations.RunPython(install, remove), put_up(GUARDS, TWINS)]
