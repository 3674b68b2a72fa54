"""The ledger, awards, their letters and payouts."""
