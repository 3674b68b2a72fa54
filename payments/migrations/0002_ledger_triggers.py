"""Triggers of the ledger, the same rules on SQLite and PostgreSQL.

- A transfer is checked against its budget and case, then moves the balances; it is never changed or deleted.
- A balance passes a change only together with `last_transfer_id` set to a newer transfer of that very row.
  All transfers of a row are used up by the statement that inserts them, so no direct update can name one.
- Books start empty, and neither they nor what identifies them ever goes away.

A later migration that remakes payments_budget, payments_caseaccount or payments_transfer must drop and
re-create these triggers: SQLite loses them without a word.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BUDGET, CASE, TRANSFER = "payments_budget", "payments_caseaccount", "payments_transfer"
SOURCES = ("APPROPRIATION", "CARRIED_IN", "RETURNED")
USES = ("AVAILABLE", "BLOCKED", "RESERVED", "COMMITTED", "ORDERED", "DISBURSED", "CARRIED_OUT", "LAPSED")
CASE_USES = ("RESERVED", "COMMITTED", "ORDERED", "DISBURSED")
CLAIM_USES = (
    "RECEIVABLE", "RECOVERED", "WRITTEN_OFF", "INTEREST_RECEIVABLE", "INTEREST_RECEIVED", "INTEREST_WAIVED",
)  # fmt: skip
CLAIM_HEADS = {"CLAIM": "claimed_cents", "INTEREST_CLAIM": "interest_claimed_cents"}
IN_CLOSED_YEAR = (
    "carry", "lapse", "claim", "recover", "write_off", "interest_claim", "interest_recover", "interest_waive",
)  # fmt: skip

BUDGET_FIXED = ("id", "fund_id", "year", "sub_budget")
BUDGET_BALANCES = tuple(f"{name.lower()}_cents" for name in (*SOURCES, *USES))
CASE_FIXED = ("id", "budget_id", "application_id")
CASE_BALANCES = (
    *(f"{name.lower()}_cents" for name in (*CASE_USES, *CLAIM_USES)),
    *CLAIM_HEADS.values(),
    "carried_cents", "late_returned_cents", "returned_cents", "committed_decision",
)  # fmt: skip


def change(name: str, column: str, *, grows_by: str) -> str:
    """The assignment that moves one balance by what the transfer says."""
    shrinks_by = {"debit": "credit", "credit": "debit"}[grows_by]
    return (
        f"{column} = {column} + CASE '{name}' WHEN NEW.{grows_by} THEN NEW.amount_cents"
        f" WHEN NEW.{shrinks_by} THEN -NEW.amount_cents ELSE 0 END"
    )


def quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


BUDGET_MOVES = ",\n  ".join(
    [change(name, f"{name.lower()}_cents", grows_by="debit") for name in SOURCES]
    + [change(name, f"{name.lower()}_cents", grows_by="credit") for name in USES]
)
CASE_MOVES = ",\n  ".join(
    [change(name, f"{name.lower()}_cents", grows_by="credit") for name in (*CASE_USES, *CLAIM_USES)]
    + [change(name, column, grows_by="debit") for name, column in CLAIM_HEADS.items()]
)

# What a transfer must meet: name of the refusal, when it is refused. b: its budget, c: its case, o: the other
# case, ob: that one's budget (each may be missing).
YEAR_OF_DAY = {"sqlite": "CAST(strftime('%Y', NEW.on_date) AS INTEGER)", "postgresql": "extract(year from NEW.on_date)"}
BOUND = "(c.committed_cents + c.ordered_cents + c.disbursed_cents)"
RULES = (
    ("ledger_case_of_other_budget", "c.id IS NOT NULL AND c.budget_id <> NEW.budget_id"),
    ("ledger_year_closed", f"b.closed_at IS NOT NULL AND NEW.posting NOT IN ({quoted(IN_CLOSED_YEAR)})"),
    ("ledger_no_decree", "NEW.posting = 'appropriate' AND (b.decree = '' OR b.in_force_from IS NULL)"),
    ("ledger_other_decision", "NEW.posting = 'commit' AND NEW.decision <> c.decision"),
    (
        "ledger_committed_before",
        f"NEW.posting = 'commit' AND c.committed_decision = c.decision AND {BOUND} > 0",
    ),
    (
        "ledger_not_in_force",
        "NEW.posting = 'commit' AND (b.in_force_from IS NULL OR b.in_force_from > NEW.on_date)"
        f" AND {BOUND} + NEW.amount_cents > c.carried_cents",
    ),
    ("ledger_year_over", "NEW.posting IN ('commit', 'order') AND {year_of_day} > b.year"),
    ("ledger_carried_before", "NEW.posting = 'carry' AND c.carried_cents > 0"),
    (
        "ledger_wrong_year",
        "NEW.posting = 'carry' AND (ob.year <> b.year + 1 OR ob.closed_at IS NOT NULL)"
        " OR NEW.posting = 'late_bounce' AND (ob.year >= b.year OR ob.closed_at IS NULL)",
    ),
    (
        "ledger_other_case",
        "o.id IS NOT NULL AND (o.application_id <> c.application_id OR ob.fund_id <> b.fund_id"
        " OR ob.sub_budget <> b.sub_budget)",
    ),
)
JOINED = f"""FROM {BUDGET} b LEFT JOIN {CASE} c ON c.id = NEW.case_id
  LEFT JOIN {CASE} o ON o.id = NEW.other_case_id LEFT JOIN {BUDGET} ob ON ob.id = o.budget_id
  WHERE b.id = NEW.budget_id"""

# Carry: what is left of limit and decision in the old year moves along. {least} is min or least.
SPENT = "(s.reserved_cents + s.committed_cents + s.ordered_cents + s.disbursed_cents)"
S_BOUND = "(s.committed_cents + s.ordered_cents + s.disbursed_cents)"
LIMIT_MOVED = f"(s.limit_cents - {SPENT} + NEW.amount_cents)"
DECIDED_MOVED = (
    "{least}(" + LIMIT_MOVED + f", s.decided_cents - {S_BOUND}"
    " + CASE WHEN NEW.debit = 'RESERVED' THEN 0 ELSE NEW.amount_cents END)"
)
CARRY = (
    f"""UPDATE {CASE} SET
  reserved_cents = reserved_cents + CASE NEW.debit WHEN 'RESERVED' THEN NEW.amount_cents ELSE 0 END,
  committed_cents = committed_cents + CASE NEW.debit WHEN 'COMMITTED' THEN NEW.amount_cents ELSE 0 END,
  ordered_cents = ordered_cents + CASE NEW.debit WHEN 'ORDERED' THEN NEW.amount_cents ELSE 0 END,
  carried_cents = carried_cents + NEW.amount_cents,
  origin_year = (SELECT year FROM {BUDGET} WHERE id = NEW.budget_id),
  limit_cents = limit_cents + (SELECT {LIMIT_MOVED} FROM {CASE} s WHERE s.id = NEW.case_id),
  decided_cents = (SELECT CASE WHEN s.decided_cents IS NULL THEN {CASE}.decided_cents
    ELSE coalesce({CASE}.decided_cents, 0) + {DECIDED_MOVED} END FROM {CASE} s WHERE s.id = NEW.case_id),
  decision = (SELECT s.decision FROM {CASE} s WHERE s.id = NEW.case_id),
  committed_decision = (SELECT s.committed_decision FROM {CASE} s WHERE s.id = NEW.case_id),
  last_transfer_id = NEW.id
  WHERE id = NEW.other_case_id AND NEW.posting = 'carry'""",
    f"""UPDATE {BUDGET} SET carried_in_cents = carried_in_cents + NEW.amount_cents,
  reserved_cents = reserved_cents + CASE NEW.debit WHEN 'RESERVED' THEN NEW.amount_cents ELSE 0 END,
  committed_cents = committed_cents + CASE NEW.debit WHEN 'COMMITTED' THEN NEW.amount_cents ELSE 0 END,
  ordered_cents = ordered_cents + CASE NEW.debit WHEN 'ORDERED' THEN NEW.amount_cents ELSE 0 END,
  last_transfer_id = NEW.id
  WHERE id = (SELECT budget_id FROM {CASE} WHERE id = NEW.other_case_id) AND NEW.posting = 'carry'""",
)
LATE_BOUNCE = (
    f"""UPDATE {CASE} SET late_returned_cents = late_returned_cents + NEW.amount_cents, last_transfer_id = NEW.id
  WHERE id = NEW.other_case_id AND NEW.posting = 'late_bounce'""",
    f"""UPDATE {BUDGET} SET last_transfer_id = NEW.id
  WHERE id = (SELECT budget_id FROM {CASE} WHERE id = NEW.other_case_id) AND NEW.posting = 'late_bounce'""",
)
OWN_LEGS = (
    f"UPDATE {BUDGET} SET\n  {BUDGET_MOVES},\n  last_transfer_id = NEW.id WHERE id = NEW.budget_id",
    f"""UPDATE {CASE} SET
  {CASE_MOVES},
  returned_cents = returned_cents + CASE NEW.posting WHEN 'return' THEN NEW.amount_cents ELSE 0 END,
  committed_decision = CASE NEW.posting WHEN 'commit' THEN NEW.decision ELSE committed_decision END,
  limit_cents = CASE NEW.posting
    WHEN 'carry' THEN reserved_cents + committed_cents + ordered_cents + disbursed_cents - NEW.amount_cents
    WHEN 'late_bounce' THEN limit_cents + NEW.amount_cents ELSE limit_cents END,
  decided_cents = CASE NEW.posting
    WHEN 'carry' THEN (SELECT s.decided_cents - {DECIDED_MOVED} FROM {CASE} s WHERE s.id = NEW.case_id)
    WHEN 'late_bounce' THEN coalesce(decided_cents, 0) + NEW.amount_cents ELSE decided_cents END,
  last_transfer_id = NEW.id WHERE id = NEW.case_id""",
)

# The guard of balances. {differs} is IS NOT or IS DISTINCT FROM.
TRANSFER_OF = {
    BUDGET: f"t.budget_id = NEW.id OR t.other_case_id IN (SELECT id FROM {CASE} WHERE budget_id = NEW.id)",
    CASE: "t.case_id = NEW.id OR t.other_case_id = NEW.id",
}
ONE_WAY = {
    BUDGET: "OLD.closed_at IS NOT NULL AND NEW.closed_at {differs} OLD.closed_at",
    CASE: "NEW.decision < OLD.decision",
}
COLUMNS = {BUDGET: (BUDGET_FIXED, BUDGET_BALANCES), CASE: (CASE_FIXED, (*CASE_BALANCES, "origin_year"))}


def guards(table: str, differs: str) -> tuple[tuple[str, str], ...]:
    """The refusals of an update: name, condition."""
    fixed, balances = COLUMNS[table]
    moved = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in (*balances, "last_transfer_id"))
    newer = (
        f"NEW.last_transfer_id > OLD.last_transfer_id AND EXISTS (SELECT 1 FROM {TRANSFER} t"
        f" WHERE t.id = NEW.last_transfer_id AND ({TRANSFER_OF[table]}))"
    )
    return (
        ("ledger_identity", " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in fixed)),
        ("ledger_one_way", ONE_WAY[table].format(differs=differs)),
        ("ledger_only_by_transfer", f"({moved}) AND NOT ({newer})"),
    )


def starts_empty(table: str) -> str:
    """The condition under which a new book is not empty."""
    _, balances = COLUMNS[table]
    return " OR ".join(
        "NEW.origin_year IS NOT NULL" if name == "origin_year" else f"NEW.{name} <> 0"
        for name in (*balances, "last_transfer_id")
    )


# --- SQLite --------------------------------------------------------------------------------------------------

# INSERT OR REPLACE would take a row away without asking the delete trigger.
TWINS = {
    TRANSFER: "id = NEW.id OR key = NEW.key"
    " OR (NEW.posting = 'appropriate' AND posting = 'appropriate' AND budget_id = NEW.budget_id)",
    BUDGET: "id = NEW.id OR (fund_id = NEW.fund_id AND year = NEW.year AND sub_budget = NEW.sub_budget)",
    CASE: "id = NEW.id OR (budget_id = NEW.budget_id AND application_id = NEW.application_id)",
}
TWIN_REFUSAL = {TRANSFER: "transfer_appropriates_once", BUDGET: "budget_once", CASE: "caseaccount_once"}


def refuse(name: str, condition: str) -> str:
    return f"SELECT RAISE(ABORT, '{name}') WHERE {condition};"


def sqlite_trigger(name: str, event: str, table: str, *body: str) -> str:
    return f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW BEGIN\n" + "\n".join(body) + "\nEND"


def sqlite_triggers() -> dict[str, str]:
    """Every trigger by its name."""
    checks = [
        f"SELECT RAISE(ABORT, '{name}') {JOINED} AND ({condition.replace('{year_of_day}', YEAR_OF_DAY['sqlite'])});"
        for name, condition in RULES
    ]
    moves = [f"{statement.replace('{least}', 'min')};" for statement in (*CARRY, *LATE_BOUNCE, *OWN_LEGS)]
    made = {
        "ledger_transfer_moves": ("AFTER INSERT", TRANSFER, [*checks, *moves]),
        "ledger_transfer_unchanged": ("BEFORE UPDATE", TRANSFER, [refuse("ledger_append_only", "1")]),
        "ledger_transfer_undeleted": ("BEFORE DELETE", TRANSFER, [refuse("ledger_append_only", "1")]),
    }
    for table, short in ((BUDGET, "budget"), (CASE, "case")):
        made[f"ledger_{short}_guarded"] = ("BEFORE UPDATE", table, [refuse(*g) for g in guards(table, "IS NOT")])
        made[f"ledger_{short}_starts_empty"] = (
            "BEFORE INSERT", table, [refuse("ledger_starts_empty", starts_empty(table))],
        )  # fmt: skip
        made[f"ledger_{short}_undeleted"] = ("BEFORE DELETE", table, [refuse("ledger_append_only", "1")])
    for table, short in ((BUDGET, "budget"), (CASE, "case"), (TRANSFER, "transfer")):
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {TWINS[table]})"
        made[f"ledger_{short}_no_twin"] = ("BEFORE INSERT", table, [refuse(TWIN_REFUSAL[table], exists)])
    return {name: sqlite_trigger(name, event, table, *body) for name, (event, table, body) in made.items()}


# --- PostgreSQL ----------------------------------------------------------------------------------------------


def plpgsql(name: str, body: str) -> str:
    """A function that runs with the rights of the tables' owner and looks nowhere but here."""
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $ledger$\nBEGIN\n{body}\nEND\n$ledger$"
    )


def raise_(name: str) -> str:
    return f"RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation';"


def postgresql_functions() -> dict[str, str]:
    """Every function by its name; triggers carry the same names."""
    # One order for everybody: budgets by id, then cases by id. The number is drawn under the lock, so that
    # numbers grow in the order in which the balances move.
    locks = f"""PERFORM 1 FROM {BUDGET} WHERE id = NEW.budget_id
    OR id = (SELECT budget_id FROM {CASE} WHERE id = NEW.other_case_id) ORDER BY id FOR NO KEY UPDATE;
  PERFORM 1 FROM {CASE} WHERE id IN (NEW.case_id, NEW.other_case_id) ORDER BY id FOR NO KEY UPDATE;
  NEW.id := nextval(pg_get_serial_sequence('{TRANSFER}', 'id'));
  RETURN NEW;"""
    checks = "\n".join(
        f"IF EXISTS (SELECT 1 {JOINED} AND ({condition.replace('{year_of_day}', YEAR_OF_DAY['postgresql'])}))"
        f" THEN {raise_(name)} END IF;"
        for name, condition in RULES
    )
    moves = "\n".join(f"{s.replace('{least}', 'least')};" for s in (*CARRY, *LATE_BOUNCE, *OWN_LEGS))
    made = {
        "ledger_transfer_locks": locks,
        "ledger_transfer_moves": f"{checks}\n{moves}\nRETURN NULL;",
        "ledger_append_only": raise_("ledger_append_only"),
    }
    for table, short in ((BUDGET, "budget"), (CASE, "case")):
        made[f"ledger_{short}_guarded"] = (
            "\n".join(f"IF {c} THEN {raise_(n)} END IF;" for n, c in guards(table, "IS DISTINCT FROM"))
            + "\nRETURN NEW;"
        )
        made[f"ledger_{short}_starts_empty"] = (
            f"IF {starts_empty(table)} THEN {raise_('ledger_starts_empty')} END IF;\nRETURN NEW;"
        )
    return {name: plpgsql(name, body) for name, body in made.items()}


def postgresql_triggers() -> dict[str, str]:
    """Every trigger by its name."""
    made = {
        "ledger_transfer_locks": ("BEFORE INSERT", TRANSFER, "ROW", "ledger_transfer_locks"),
        "ledger_transfer_moves": ("AFTER INSERT", TRANSFER, "ROW", "ledger_transfer_moves"),
        "ledger_transfer_unchanged": ("BEFORE UPDATE OR DELETE", TRANSFER, "ROW", "ledger_append_only"),
    }
    for table, short in ((BUDGET, "budget"), (CASE, "case"), (TRANSFER, "transfer")):
        made[f"ledger_{short}_not_emptied"] = ("BEFORE TRUNCATE", table, "STATEMENT", "ledger_append_only")
    for table, short in ((BUDGET, "budget"), (CASE, "case")):
        made[f"ledger_{short}_guarded"] = ("BEFORE UPDATE", table, "ROW", f"ledger_{short}_guarded")
        made[f"ledger_{short}_starts_empty"] = ("BEFORE INSERT", table, "ROW", f"ledger_{short}_starts_empty")
        made[f"ledger_{short}_undeleted"] = ("BEFORE DELETE", table, "ROW", "ledger_append_only")
    return {
        name: f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()"
        for name, (event, table, level, function) in made.items()
    }


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this engine."""
    if schema_editor.connection.vendor == "sqlite":
        statements = list(sqlite_triggers().values())
    else:
        statements = [*postgresql_functions().values(), *postgresql_triggers().values()]
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them."""
    if schema_editor.connection.vendor == "sqlite":
        statements = [f"DROP TRIGGER {name}" for name in sqlite_triggers()]
    else:
        statements = [f"DROP FUNCTION {name}() CASCADE" for name in postgresql_functions()]
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
