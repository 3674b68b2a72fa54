"""What people do in jury and committee: one function, one act, one transaction."""
