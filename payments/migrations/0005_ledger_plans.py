"""PostgreSQL: the trigger on transfers asks once and plans once.

With the values of a transfer at hand most checks fall away while a statement is planned, so the server took planning
anew for the cheaper way, each time for each of twenty statements: several times the work of the posting itself. Now
the plans are kept, all rules are one question, and legs of the other year are walked by transfers of two years only.
The rules and the legs are those of 0002, word by word.
"""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

triggers = import_module("payments.migrations.0002_ledger_triggers")
OTHERS = (
    "ledger_transfer_locks", "ledger_budget_guarded", "ledger_case_guarded", "ledger_budget_starts_empty",
    "ledger_case_starts_empty",
)  # fmt: skip
KEPT = "SET plan_cache_mode = force_generic_plan"


def body() -> str:
    """What the trigger does: refuse by the first rule that is broken, else walk the legs."""
    fill, engine = triggers.fill, "postgresql"
    rules = "\n".join(f"    WHEN {fill(condition, engine)} THEN '{name}'" for name, condition in triggers.RULES)
    carried, carried_in, returned, returned_in, budget, case = (f"{fill(leg, engine)};" for leg in triggers.LEGS)
    return f"""IF EXISTS (SELECT 1 {triggers.MISSING}) THEN {triggers.raise_("ledger_no_such_book")} END IF;
  SELECT CASE
{rules}
    END INTO broken {triggers.JOINED};
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION '%', broken USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.posting = 'carry' THEN
{carried}
{carried_in}
  ELSIF NEW.posting = 'late_bounce' THEN
{returned}
{returned_in}
  END IF;
{budget}
  IF NEW.case_id IS NOT NULL THEN
{case}
  END IF;
  RETURN NULL;"""


def statement() -> str:
    """As every function of the ledger: with the rights of the tables' owner, looking nowhere but here."""
    return (
        "CREATE OR REPLACE FUNCTION ledger_transfer_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp {KEPT} AS $ledger$\nDECLARE broken text;\nBEGIN\n{body()}\nEND\n$ledger$"
    )


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the new function in the place of the old one."""
    if schema_editor.connection.vendor == "postgresql":
        for made in (statement(), *(f"ALTER FUNCTION {name}() {KEPT}" for name in OTHERS)):
            schema_editor.execute(made, params=None)


def restore(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the old one back."""
    if schema_editor.connection.vendor == "postgresql":
        old = triggers.postgresql_functions()["ledger_transfer_moves"]
        schema_editor.execute(old.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1), params=None)
        for name in OTHERS:
            schema_editor.execute(f"ALTER FUNCTION {name}() RESET plan_cache_mode", params=None)


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_bank_comparisons")]
    operations = [migrations.RunPython(keep, restore)]
