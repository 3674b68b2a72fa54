"""Tables of the ledger that the application's database role may not change freely."""

# Per table the only rights of the role: balances are nobody's but the triggers', which run as the owner.
# A right on some column is also what lets the role lock a row.
GUARDED_TABLES: dict[str, tuple[str, ...]] = {
    "payments_transfer": ("SELECT", "INSERT"),
    "payments_budget": ("SELECT", "INSERT", "UPDATE (decree, in_force_from, closed_at)"),
    "payments_caseaccount": (
        "SELECT",
        "INSERT",
        "UPDATE (limit_cents, decided_cents, settled_cents, decision)",
    ),
}

# The triggers that must stand in the database; a migration that remakes a table of the ledger restores them.
TRIGGERS: dict[str, frozenset[str]] = {
    "sqlite": frozenset(
        {
            "ledger_budget_guarded",
            "ledger_budget_no_twin",
            "ledger_budget_starts_empty",
            "ledger_budget_undeleted",
            "ledger_case_guarded",
            "ledger_case_no_twin",
            "ledger_case_starts_empty",
            "ledger_case_undeleted",
            "ledger_transfer_moves",
            "ledger_transfer_no_twin",
            "ledger_transfer_unchanged",
            "ledger_transfer_undeleted",
        }
    ),
    "postgresql": frozenset(
        {
            "ledger_budget_guarded",
            "ledger_budget_not_emptied",
            "ledger_budget_starts_empty",
            "ledger_budget_undeleted",
            "ledger_case_guarded",
            "ledger_case_not_emptied",
            "ledger_case_starts_empty",
            "ledger_case_undeleted",
            "ledger_transfer_locks",
            "ledger_transfer_moves",
            "ledger_transfer_not_emptied",
            "ledger_transfer_unchanged",
        }
    ),
}
