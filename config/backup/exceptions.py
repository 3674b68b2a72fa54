"""What stops a backup or a restore; the message says what to do."""


class BackupError(Exception):
    """Nothing was changed unless the message says so."""
