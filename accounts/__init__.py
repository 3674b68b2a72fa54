"""People, organisations, funds with their staff, the audit door and the clock: the ground floor."""
