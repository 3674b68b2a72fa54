"""What taking and restoring ask of a database, whichever it is."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection

from config.backup.exceptions import BackupError
from config.backup.postgresql import PostgreSQL
from config.backup.questions import Ask
from config.backup.sqlite import SQLite


class Engine(Protocol):
    """A database and its tools."""

    @property
    def part(self) -> str:
        """Name of its file in a backup."""

    @property
    def tables(self) -> str:
        """SQL that lists the tables."""

    @property
    def triggers(self) -> str:
        """SQL that lists the triggers that are in force."""

    def taken(self, target: Path, transient: list[str]) -> AbstractContextManager[Ask]:
        """Write the database to a file, and answer questions about the very same state.

        Args:
            target: the new file.
            transient: tables whose rows are not kept.
        """

    def check(self, source: Path) -> None:
        """Refuse a file that cannot be read by the tools here. Raises: BackupError."""

    def is_in_use(self) -> bool:
        """Tell whether anybody else is connected."""

    def holds_people(self) -> bool:
        """Tell whether somebody's data would be lost; what an interrupted restore left is nobody's."""

    def put_back(self, source: Path, jobs: int) -> AbstractContextManager[None]:
        """Replace the database; inside only this process reads it, at its end it opens to all.

        An exception leaves it closed.
        """


def engine() -> Engine:
    """Return the one that is configured."""
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()


def is_configured(name: str) -> bool:
    """Tell whether a backup is of the configured kind of database."""
    return name == connection.vendor


def named(name: str) -> None:
    """Refuse a backup of the other kind of database. Raises: BackupError."""
    if not is_configured(name):
        raise BackupError(f"This is a backup of {name}; the configured database is {connection.vendor}.")


def transient() -> list[str]:
    """Return the tables that are not kept: after a restore everybody signs in anew."""
    cache = settings.CACHES["default"].get("LOCATION", "")
    known = set(connection.introspection.table_names())
    return [table for table in ("django_session", cache) if table in known]
