"""Forms of awards, letters and payouts."""
