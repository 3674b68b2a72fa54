"""What the database itself refuses: changed history, changed bank accounts, roles that exclude each other."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.guards import Guard, Twin, changed, put_up

# Table, event, name of the trigger, condition ("" always), words of the refusal.
REFUSALS = (
    ("accounts_auditentry", "UPDATE", "audit_no_update", "", "history is never changed"),
    ("accounts_auditentry", "DELETE", "audit_no_delete", "", "history is never deleted"),
    ("accounts_bankaccount", "DELETE", "bankaccount_no_delete", "", "a bank account is replaced, never deleted"),
    ("accounts_proposal", "DELETE", "proposal_no_delete", "", "a step for two people is never deleted"),
    (
        "accounts_proposal", "UPDATE", "proposal_no_edit",
        ("OLD.outcome <> 'OPEN' OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.subject_type <> OLD.subject_type"
        " OR NEW.subject_id <> OLD.subject_id OR NEW.proposed_by_id <> OLD.proposed_by_id"
        " OR NEW.payload <> OLD.payload"),
        "what was proposed is decided once and never edited",
    ),
    ("accounts_fundrole", "DELETE", "fundrole_no_delete", "", "a role is ended, never deleted"),
    (
        "accounts_fundrole", "UPDATE", "fundrole_no_edit",
        ("NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id OR NEW.role <> OLD.role OR NEW.starts_on <> OLD.starts_on"
        " OR COALESCE(NEW.fund_id, 0) <> COALESCE(OLD.fund_id, 0)"
        " OR COALESCE(NEW.limit_cents, -1) <> COALESCE(OLD.limit_cents, -1)"
        " OR COALESCE(NEW.given_by_id, 0) <> COALESCE(OLD.given_by_id, 0)"
        " OR (NEW.ends_on IS NULL) <> (OLD.ends_on IS NULL) OR NEW.ends_on <> OLD.ends_on"
        " OR OLD.ended_at IS NOT NULL"),
        "a role is ended and given anew, never edited",
    ),
)  # fmt: skip

BANK = "accounts_bankaccount"
# `manage.py rotate_field_key` lifts the first of them inside its own transaction: a new key means a new ciphertext
# of the same IBAN, which no condition in SQL could tell from another IBAN.
GUARDS = (
    Guard(
        BANK, "bankaccount_iban_frozen", "UPDATE", "a bank account is replaced, never edited",
        changed("iban", "iban_fingerprint"),
    ),
    Guard(
        BANK, "bankaccount_no_edit", "UPDATE", "a bank account is replaced, never edited",
        changed("id", "organisation_id", "holder", "iban_end", "entered_by_id", "entered_at"),
    ),
    Guard(
        BANK, "bankaccount_checked_once", "UPDATE", "a checked bank account stays checked",
        f"OLD.checked_by_id IS NOT NULL AND {changed('checked_by_id', 'checked_at', 'usable_from')}",
    ),
    Guard(
        BANK, "bankaccount_usable_when_checked", "UPDATE", "only a checked bank account is usable",
        "NEW.usable_from IS NOT NULL AND NEW.checked_by_id IS NULL",
    ),
    Guard(
        BANK, "bankaccount_replaced_once", "UPDATE", "a replaced bank account stays replaced",
        f"OLD.replaced_at IS NOT NULL AND {changed('replaced_at')}",
    ),
)  # fmt: skip
TWINS = (
    Twin("accounts_auditentry", "audit_no_twin"),
    Twin(BANK, "bankaccount_no_twin"),
    Twin(
        "accounts_proposal", "proposal_no_twin",
        (
            """t.kind = NEW.kind AND t.subject_type = NEW.subject_type AND t.subject_id = NEW.subject_id
            AND t.outcome = 'OPEN' AND NEW.outcome = 'OPEN'""",
        ),
    ),
    Twin(
        "accounts_fundrole", "fundrole_no_twin",
        (
            """t.user_id = NEW.user_id AND t.role = NEW.role AND t.fund_id IS NEW.fund_id
            AND t.ended_at IS NULL AND NEW.ended_at IS NULL""",
        ),
    ),
)  # fmt: skip

# An auditor or administrator holds no other role on the same day.
EXCLUSIVE = """
    EXISTS (
        SELECT 1 FROM accounts_fundrole other
        WHERE other.user_id = NEW.user_id AND other.role <> NEW.role AND other.ended_at IS NULL
        AND (other.role IN ('auditor', 'administrator') OR NEW.role IN ('auditor', 'administrator'))
        AND other.starts_on <= COALESCE(NEW.ends_on, {far})
        AND COALESCE(other.ends_on, {far}) >= NEW.starts_on
    )
"""
EXCLUSIVE_WORDS = "an auditor or administrator holds no other role"


def _run(editor: BaseDatabaseSchemaEditor, statement: str) -> None:
    # No parameters at all: a percent sign stays one.
    editor.execute(statement, params=None)


def _sqlite(editor: BaseDatabaseSchemaEditor) -> None:
    for table, event, name, condition, words in REFUSALS:
        when = f"WHEN {condition}" if condition else ""
        _run(
            editor,
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{words}'); END",
        )
    _run(
        editor,
        "CREATE TRIGGER fundrole_exclusive BEFORE INSERT ON accounts_fundrole"
        f" WHEN {EXCLUSIVE.format(far=chr(39) + '9999-12-31' + chr(39))}"
        f" BEGIN SELECT RAISE(ABORT, '{EXCLUSIVE_WORDS}'); END",
    )


def _postgresql(editor: BaseDatabaseSchemaEditor) -> None:
    _run(
        editor,
        "CREATE FUNCTION accounts_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$",
    )
    for table, event, name, condition, words in REFUSALS:
        when = f"WHEN ({condition})" if condition else ""
        _run(
            editor,
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}"
            f" EXECUTE FUNCTION accounts_refuse('{words}')",
        )
    _run(
        editor,
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON accounts_auditentry"
        " EXECUTE FUNCTION accounts_refuse('history is never deleted')",
    )
    # The person's row is locked first, so that two administrators cannot give both roles at the same moment.
    _run(
        editor,
        "CREATE FUNCTION accounts_roles_exclusive() RETURNS trigger LANGUAGE plpgsql"
        # A temporary table of the same name must not be asked instead.
        " SET search_path = public, pg_temp AS $$ BEGIN"
        " PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;"
        f" IF {EXCLUSIVE.format(far=chr(39) + '9999-12-31' + chr(39) + '::date')} THEN"
        f" RAISE EXCEPTION '{EXCLUSIVE_WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " RETURN NEW; END $$",
    )
    _run(
        editor,
        "CREATE TRIGGER fundrole_exclusive BEFORE INSERT ON accounts_fundrole"
        " FOR EACH ROW EXECUTE FUNCTION accounts_roles_exclusive()",
    )


def create(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    (_postgresql if editor.connection.vendor == "postgresql" else _sqlite)(editor)


def drop(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    postgresql = editor.connection.vendor == "postgresql"
    names = [(name, table) for table, _, name, _, _ in REFUSALS] + [("fundrole_exclusive", "accounts_fundrole")]
    for name, table in [*names, *([("audit_no_truncate", "accounts_auditentry")] if postgresql else [])]:
        _run(editor, f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        _run(editor, "DROP FUNCTION accounts_refuse()")
        _run(editor, "DROP FUNCTION accounts_roles_exclusive()")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(create, drop), put_up(GUARDS, TWINS)]
