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
CASE_FIXED = ("id", "budget_id", "application_id", "repaid_returns")
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


# Pieces of the statements below, filled in by `fill`; {least}, {differs} and {year_of_day} are the engine's.
PIECES = {
    "budget_moves": ",\n  ".join(
        [change(name, f"{name.lower()}_cents", grows_by="debit") for name in SOURCES]
        + [change(name, f"{name.lower()}_cents", grows_by="credit") for name in USES]
    ),
    "case_moves": ",\n  ".join(
        [change(name, f"{name.lower()}_cents", grows_by="credit") for name in (*CASE_USES, *CLAIM_USES)]
        + [change(name, column, grows_by="debit") for name, column in CLAIM_HEADS.items()]
    ),
    "in_closed_year": ", ".join(f"'{name}'" for name in IN_CLOSED_YEAR),
    "c_bound": "(c.committed_cents + c.ordered_cents + c.disbursed_cents)",
    # Carry: what is left of limit and decision in the old year (s) moves along with the money.
    "limit_moved": "(s.limit_cents - s.reserved_cents - s.committed_cents - s.ordered_cents - s.disbursed_cents"
    " + NEW.amount_cents)",
    "decided_moved": "{least}({limit_moved}, s.decided_cents - s.committed_cents - s.ordered_cents"
    " - s.disbursed_cents + CASE WHEN NEW.debit = 'RESERVED' THEN 0 ELSE NEW.amount_cents END)",
    "carried_moves": ", ".join(
        f"{name.lower()}_cents = {name.lower()}_cents + CASE NEW.debit WHEN '{name}' THEN NEW.amount_cents ELSE 0 END"
        for name in ("RESERVED", "COMMITTED", "ORDERED")
    ),
}
ENGINE = {
    "sqlite": {
        "least": "min", "greatest": "max", "differs": "IS NOT", "year_of_day": "CAST(strftime('%Y', NEW.on_date) AS INTEGER)",
    },
    "postgresql": {
        "least": "least", "greatest": "greatest", "differs": "IS DISTINCT FROM", "year_of_day": "extract(year from NEW.on_date)",
    },
}  # fmt: skip


def fill(text: str, engine: str) -> str:
    """Put the pieces into a statement, twice because a piece may name another one."""
    for _ in range(2):
        for name, piece in (*PIECES.items(), *ENGINE[engine].items()):
            text = text.replace("{" + name + "}", piece)
    return text


# What a transfer must meet: name of the refusal, when it is refused. b: its budget, c: its case, o: the other
# case, ob: that one's budget (each may be missing).
RULES = (
    ("ledger_case_of_other_budget", "c.id IS NOT NULL AND c.budget_id <> NEW.budget_id"),
    ("ledger_year_closed", "b.closed_at IS NOT NULL AND NEW.posting NOT IN ({in_closed_year})"),
    ("ledger_no_decree", "NEW.posting = 'appropriate' AND (b.decree = '' OR b.in_force_from IS NULL)"),
    ("ledger_other_decision", "NEW.posting = 'commit' AND NEW.decision <> c.decision"),
    (
        # In any year of the case: what was paid before the turn of the year still stands on this decision.
        "ledger_committed_before",
        """NEW.posting = 'commit' AND EXISTS (SELECT 1 FROM payments_caseaccount e
        WHERE e.application_id = c.application_id AND e.committed_decision = NEW.decision
        AND e.committed_cents + e.ordered_cents + e.disbursed_cents > e.late_returned_cents)""",
    ),
    (
        # A case is paid from one part of the budget: what it holds in another one has to be released first.
        "ledger_other_part",
        """NEW.posting = 'reserve' AND EXISTS (SELECT 1 FROM payments_caseaccount e
        JOIN payments_budget eb ON eb.id = e.budget_id
        WHERE e.application_id = c.application_id AND eb.sub_budget <> b.sub_budget
        AND e.reserved_cents + e.committed_cents + e.ordered_cents + e.disbursed_cents > 0)""",
    ),
    (
        "ledger_not_in_force",
        """NEW.posting = 'commit' AND (b.in_force_from IS NULL OR b.in_force_from > NEW.on_date)
        AND {c_bound} + NEW.amount_cents > c.carried_cents""",
    ),
    ("ledger_year_over", "NEW.posting IN ('commit', 'order') AND {year_of_day} > b.year"),
    ("ledger_carried_before", "NEW.posting = 'carry' AND c.carried_cents > 0"),
    (
        "ledger_wrong_year",
        """NEW.posting = 'carry' AND (ob.year <> b.year + 1 OR ob.closed_at IS NOT NULL)
        OR NEW.posting = 'late_bounce' AND (ob.year >= b.year OR ob.closed_at IS NULL)""",
    ),
    (
        "ledger_other_case",
        """o.id IS NOT NULL AND (o.application_id <> c.application_id OR ob.fund_id <> b.fund_id
        OR ob.sub_budget <> b.sub_budget)""",
    ),
)
# Foreign keys are checked at the end of the transaction: a book that is made after its transfer would have
# moved nothing, and the number of that transfer would be left over for a direct update.
MISSING = """WHERE NOT EXISTS (SELECT 1 FROM payments_budget WHERE id = NEW.budget_id)
  OR NEW.case_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments_caseaccount WHERE id = NEW.case_id)
  OR NEW.other_case_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments_caseaccount WHERE id = NEW.other_case_id)"""
JOINED = """FROM payments_budget b LEFT JOIN payments_caseaccount c ON c.id = NEW.case_id
  LEFT JOIN payments_caseaccount o ON o.id = NEW.other_case_id LEFT JOIN payments_budget ob ON ob.id = o.budget_id
  WHERE b.id = NEW.budget_id"""

# Every leg of a transfer, in this order: the other year first, because it reads the old year's row unchanged.
LEGS = (
    """UPDATE payments_caseaccount SET {carried_moves},
  carried_cents = carried_cents + NEW.amount_cents,
  origin_year = (SELECT year FROM payments_budget WHERE id = NEW.budget_id),
  limit_cents = limit_cents + (SELECT {limit_moved} FROM payments_caseaccount s WHERE s.id = NEW.case_id),
  decided_cents = (SELECT CASE WHEN s.decided_cents IS NULL THEN payments_caseaccount.decided_cents
    ELSE coalesce(payments_caseaccount.decided_cents, 0) + {decided_moved} END
    FROM payments_caseaccount s WHERE s.id = NEW.case_id),
  decision = (SELECT {greatest}(payments_caseaccount.decision, s.decision)
    FROM payments_caseaccount s WHERE s.id = NEW.case_id),
  committed_decision = (SELECT {greatest}(payments_caseaccount.committed_decision, s.committed_decision)
    FROM payments_caseaccount s WHERE s.id = NEW.case_id),
  last_transfer_id = NEW.id
  WHERE id = NEW.other_case_id AND NEW.posting = 'carry'""",
    """UPDATE payments_budget SET {carried_moves}, carried_in_cents = carried_in_cents + NEW.amount_cents,
  last_transfer_id = NEW.id
  WHERE id = (SELECT budget_id FROM payments_caseaccount WHERE id = NEW.other_case_id) AND NEW.posting = 'carry'""",
    """UPDATE payments_caseaccount SET late_returned_cents = late_returned_cents + NEW.amount_cents,
  last_transfer_id = NEW.id
  WHERE id = NEW.other_case_id AND NEW.posting = 'late_bounce'""",
    """UPDATE payments_budget SET last_transfer_id = NEW.id
  WHERE id = (SELECT budget_id FROM payments_caseaccount WHERE id = NEW.other_case_id)
  AND NEW.posting = 'late_bounce'""",
    "UPDATE payments_budget SET {budget_moves}, last_transfer_id = NEW.id WHERE id = NEW.budget_id",
    """UPDATE payments_caseaccount SET {case_moves},
  returned_cents = returned_cents + CASE NEW.posting WHEN 'return' THEN NEW.amount_cents ELSE 0 END,
  decision = CASE NEW.posting
    WHEN 'late_bounce' THEN (SELECT {greatest}(payments_caseaccount.decision, o.decision)
      FROM payments_caseaccount o WHERE o.id = NEW.other_case_id) ELSE decision END,
  committed_decision = CASE NEW.posting WHEN 'commit' THEN NEW.decision
    WHEN 'late_bounce' THEN (SELECT {greatest}(payments_caseaccount.committed_decision, o.committed_decision)
      FROM payments_caseaccount o WHERE o.id = NEW.other_case_id) ELSE committed_decision END,
  limit_cents = CASE NEW.posting
    WHEN 'carry' THEN reserved_cents + committed_cents + ordered_cents + disbursed_cents - NEW.amount_cents
    WHEN 'late_bounce' THEN limit_cents + NEW.amount_cents ELSE limit_cents END,
  decided_cents = CASE NEW.posting
    WHEN 'carry' THEN (SELECT s.decided_cents - {decided_moved} FROM payments_caseaccount s WHERE s.id = NEW.case_id)
    WHEN 'late_bounce' THEN coalesce(decided_cents, 0) + NEW.amount_cents ELSE decided_cents END,
  last_transfer_id = NEW.id WHERE id = NEW.case_id""",
)

# The guard of balances: an update that moves one passes only with a newer transfer of this very row.
BY_TRANSFER = {
    BUDGET: """EXISTS (SELECT 1 FROM payments_transfer t WHERE t.id = NEW.last_transfer_id AND (t.budget_id = NEW.id
  OR t.other_case_id IN (SELECT id FROM payments_caseaccount WHERE budget_id = NEW.id)))""",
    CASE: """EXISTS (SELECT 1 FROM payments_transfer t WHERE t.id = NEW.last_transfer_id
  AND (t.case_id = NEW.id OR t.other_case_id = NEW.id))""",
}
ONE_WAY = {
    BUDGET: "OLD.closed_at IS NOT NULL AND NEW.closed_at {differs} OLD.closed_at",
    CASE: "NEW.decision < OLD.decision",
}
COLUMNS = {BUDGET: (BUDGET_FIXED, BUDGET_BALANCES), CASE: (CASE_FIXED, (*CASE_BALANCES, "origin_year"))}


def checks(engine: str) -> list[tuple[str, str]]:
    """The refusals of a transfer: name, and the rest of a query that finds something to refuse."""
    rules = [(name, f"{JOINED} AND ({fill(condition, engine)})") for name, condition in RULES]
    return [("ledger_no_such_book", MISSING), *rules]


def guards(table: str, engine: str) -> list[tuple[str, str]]:
    """The refusals of an update of a book: name, condition."""
    fixed, balances = COLUMNS[table]
    moved = " OR ".join(f"NEW.{name} {{differs}} OLD.{name}" for name in (*balances, "last_transfer_id"))
    by_transfer = f"NEW.last_transfer_id > OLD.last_transfer_id AND {BY_TRANSFER[table]}"
    refusals = (
        ("ledger_identity", " OR ".join(f"NEW.{name} {{differs}} OLD.{name}" for name in fixed)),
        ("ledger_one_way", ONE_WAY[table]),
        ("ledger_only_by_transfer", f"({moved}) AND NOT ({by_transfer})"),
    )
    return [(name, fill(condition, engine)) for name, condition in refusals]


def starts_empty(table: str) -> str:
    """The condition under which a new book is not empty."""
    _, balances = COLUMNS[table]
    return " OR ".join(
        "NEW.origin_year IS NOT NULL" if name == "origin_year" else f"NEW.{name} <> 0"
        for name in (*balances, "last_transfer_id")
    )


# --- SQLite --------------------------------------------------------------------------------------------------

# INSERT OR REPLACE would take a row away without asking the delete trigger. A column's type binds nobody here.
TWINS = {
    TRANSFER: (
        ("transfer_whole_cents", "typeof(NEW.amount_cents) <> 'integer'"),
        ("transfer_twin", "EXISTS (SELECT 1 FROM payments_transfer WHERE id = NEW.id OR key = NEW.key)"),
        (
            "transfer_appropriates_once",
            """NEW.posting = 'appropriate' AND EXISTS (SELECT 1 FROM payments_transfer
            WHERE posting = 'appropriate' AND budget_id = NEW.budget_id)""",
        ),
    ),
    BUDGET: (
        (
            "budget_once",
            """EXISTS (SELECT 1 FROM payments_budget WHERE id = NEW.id
            OR (fund_id = NEW.fund_id AND year = NEW.year AND sub_budget = NEW.sub_budget))""",
        ),
    ),
    CASE: (
        (
            "caseaccount_once",
            """EXISTS (SELECT 1 FROM payments_caseaccount WHERE id = NEW.id
            OR (budget_id = NEW.budget_id AND application_id = NEW.application_id))""",
        ),
    ),
}


def refuse(name: str, condition: str) -> str:
    return f"SELECT RAISE(ABORT, '{name}') WHERE {condition};"


def sqlite_trigger(name: str, event: str, table: str, *body: str) -> str:
    return f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW BEGIN\n" + "\n".join(body) + "\nEND"


def sqlite_triggers() -> dict[str, str]:
    """Every trigger by its name."""
    body = [f"SELECT RAISE(ABORT, '{name}') {query};" for name, query in checks("sqlite")]
    body += [f"{fill(leg, 'sqlite')};" for leg in LEGS]
    made = {
        "ledger_transfer_moves": ("AFTER INSERT", TRANSFER, body),
        "ledger_transfer_unchanged": ("BEFORE UPDATE", TRANSFER, [refuse("ledger_append_only", "1")]),
        "ledger_transfer_undeleted": ("BEFORE DELETE", TRANSFER, [refuse("ledger_append_only", "1")]),
    }
    for table, short in ((BUDGET, "budget"), (CASE, "case")):
        made[f"ledger_{short}_guarded"] = ("BEFORE UPDATE", table, [refuse(*g) for g in guards(table, "sqlite")])
        made[f"ledger_{short}_starts_empty"] = (
            "BEFORE INSERT", table, [refuse("ledger_starts_empty", starts_empty(table))],
        )  # fmt: skip
        made[f"ledger_{short}_undeleted"] = ("BEFORE DELETE", table, [refuse("ledger_append_only", "1")])
    for table, short in ((BUDGET, "budget"), (CASE, "case"), (TRANSFER, "transfer")):
        made[f"ledger_{short}_no_twin"] = ("BEFORE INSERT", table, [refuse(*twin) for twin in TWINS[table]])
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
    locks = """PERFORM 1 FROM payments_budget WHERE id = NEW.budget_id
    OR id = (SELECT budget_id FROM payments_caseaccount WHERE id = NEW.other_case_id) ORDER BY id FOR NO KEY UPDATE;
  PERFORM 1 FROM payments_caseaccount WHERE id IN (NEW.case_id, NEW.other_case_id) ORDER BY id FOR NO KEY UPDATE;
  NEW.id := nextval(pg_get_serial_sequence('payments_transfer', 'id'));
  RETURN NEW;"""
    refusals = [f"IF EXISTS (SELECT 1 {query}) THEN {raise_(name)} END IF;" for name, query in checks("postgresql")]
    legs = [f"{fill(leg, 'postgresql')};" for leg in LEGS]
    made = {
        "ledger_transfer_locks": locks,
        "ledger_transfer_moves": "\n".join([*refusals, *legs, "RETURN NULL;"]),
        "ledger_append_only": raise_("ledger_append_only"),
    }
    for table, short in ((BUDGET, "budget"), (CASE, "case")):
        made[f"ledger_{short}_guarded"] = (
            "\n".join(f"IF {c} THEN {raise_(n)} END IF;" for n, c in guards(table, "postgresql")) + "\nRETURN NEW;"
        )
        made[f"ledger_{short}_starts_empty"] = (
            f"IF {starts_empty(table)} THEN {raise_('ledger_starts_empty')} END IF;\nRETURN NEW;"
        )
    return {name: plpgsql(name, body) for name, body in made.items()}


def postgresql_rights() -> list[str]:
    """Nobody else may hang these functions on a table of one's own, where they would run as the owner of the books."""
    return [f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC" for name in postgresql_functions()]


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
        functions, triggers = postgresql_functions(), postgresql_triggers()
        statements = [*functions.values(), *postgresql_rights(), *triggers.values()]
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
