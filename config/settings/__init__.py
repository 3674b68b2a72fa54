"""Settings: ``demo`` (everything below one folder), ``production`` (all by environment), ``test``."""
