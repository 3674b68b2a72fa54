"""Tables of the ledger that the application's database role may not change freely."""

# Per table the only rights of the role: balances are nobody's but the triggers', which run as the owner.
# A right on some column is also what lets the role lock a row.
GUARDED_TABLES: dict[str, tuple[str, ...]] = {
    "payments_transfer": ("SELECT", "INSERT"),
    "payments_budget": ("SELECT", "INSERT", "UPDATE (decree, in_force_from, closed_at)"),
    "payments_caseaccount": (
        "SELECT",
        "INSERT",
        "UPDATE (limit_cents, decided_cents, settled_cents, decision, repaid_returns)",
    ),
}
