"""Jury, scores, committees, decisions, and the pages that show every floor."""
