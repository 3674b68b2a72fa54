"""Notices, letters and timers: what is owed to people, and its delivery. Knows no application and no money."""
