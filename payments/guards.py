"""Tables of the ledger that the application's database role may not change freely."""

# Per table the only rights of the role; "UPDATE (column)" lets it lock a row, nothing else.
GUARDED_TABLES: dict[str, tuple[str, ...]] = {
    "payments_transfer": ("SELECT", "INSERT"),
}
