"""Forms of jury and committees."""
