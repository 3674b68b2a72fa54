"""The embedded database: copied page by page while others write, put back by one rename."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from config.backup import files, shelf
from config.backup.exceptions import BackupError
from config.backup.questions import Ask

_TAILS = ("-wal", "-shm", "-journal")


class SQLite:
    """See `config.backup.engines.Engine`."""

    part = "database.sqlite3"
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"

    @contextmanager
    def taken(self, target: Path, transient: list[str]) -> Iterator[Ask]:
        """Copy the database, and answer from the copy."""
        with closing(sqlite3.connect(_path(), timeout=20)) as source, closing(sqlite3.connect(target)) as copy:
            target.chmod(0o600)
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            # What is not kept is not left in the pages either.
            copy.execute("PRAGMA secure_delete = ON")
            for table in transient:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608  # nosec B608 - names of our own tables
            copy.commit()
            yield copy.execute
        shelf.sync(target)

    def check(self, source: Path) -> None:
        """Let SQLite look at every page."""
        with closing(sqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)) as copy:
            try:
                found = copy.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.DatabaseError as error:
                raise BackupError(f"{source.name} is damaged: {error}") from error
        if found != ("ok",):
            raise BackupError(f"{source.name} is damaged: {found[0]}")

    def is_in_use(self) -> bool:
        """Try to leave the write-ahead log, which works only alone."""
        connection.close()
        if not _path().exists():
            return False
        with closing(sqlite3.connect(_path(), timeout=0)) as alone:
            try:
                alone.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError:
                return True
        return False

    def holds_people(self) -> bool:
        """Look for accounts and history."""
        if not _path().exists():
            return False
        with closing(sqlite3.connect(_path())) as database:
            known = {name for (name,) in database.execute(self.tables)}
            found = [table for table in ("accounts_user", "accounts_auditentry") if table in known]
            return any(database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in found)  # noqa: S608  # nosec B608 - constants

    @contextmanager
    def put_back(self, source: Path, jobs: int) -> Iterator[None]:
        """Work on a copy beside the database; it takes the database's place at the very end."""
        final = _path()
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming = final.with_name(f"{final.name}.restoring")
        for leftover in _with_tails(coming):
            leftover.unlink(missing_ok=True)
        files.copy(source, coming)
        connection.close()
        connection.settings_dict["NAME"] = coming
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = final
        _leave_log(coming)
        for old in _with_tails(final)[1:]:
            old.unlink(missing_ok=True)
        files.give_away(coming, final.parent)
        coming.replace(final)
        shelf.sync(final.parent)


def _path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _with_tails(path: Path) -> list[Path]:
    return [path, *(path.with_name(f"{path.name}{tail}") for tail in _TAILS)]


def _leave_log(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    shelf.sync(path)
