"""Pages of jury, committees, and those that show every floor."""
