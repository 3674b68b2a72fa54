"""What guards the money in the database itself: the rights of the application's role, and the triggers."""

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

# The triggers that must stand in the database; a migration that remakes a guarded table restores them.
_EVERYWHERE = {
    "award_grant_frozen",
    "award_kept",
    "bankaccount_checked_once",
    "bankaccount_iban_frozen",
    "bankaccount_no_delete",
    "bankaccount_no_edit",
    "bankaccount_replaced_once",
    "bankaccount_usable_when_checked",
    "export_frozen",
    "export_kept",
    "ledger_budget_guarded",
    "ledger_budget_starts_empty",
    "ledger_budget_undeleted",
    "ledger_case_guarded",
    "ledger_case_starts_empty",
    "ledger_case_undeleted",
    "ledger_transfer_moves",
    "ledger_transfer_unchanged",
    "payment_booking_frozen",
    "payment_export_frozen",
    "payment_kept",
    "payment_order_frozen",
    "payment_request_frozen",
    "payment_steps",
}
TRIGGERS: dict[str, frozenset[str]] = {
    # SQLite has INSERT OR REPLACE.
    "sqlite": frozenset(
        {
            *_EVERYWHERE,
            "award_no_twin",
            "bankaccount_no_twin",
            "export_no_twin",
            "ledger_budget_no_twin",
            "ledger_case_no_twin",
            "ledger_transfer_no_twin",
            "ledger_transfer_undeleted",
            "payment_no_twin",
        }
    ),
    # PostgreSQL has TRUNCATE and several writers at once.
    "postgresql": frozenset(
        {
            *_EVERYWHERE,
            "ledger_budget_not_emptied",
            "ledger_case_not_emptied",
            "ledger_transfer_locks",
            "ledger_transfer_not_emptied",
        }
    ),
}
