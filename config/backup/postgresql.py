"""PostgreSQL: dump and restore by its own tools, as the role that owns the tables."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from config.backup.exceptions import BackupError
from config.backup.questions import Ask, ask
from config.grants import grant_to

_UNFINISHED: Final = "unfinished restore"
# Keys of the connection that libpq reads from its environment.
_VARIABLES: Final = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
}  # fmt: skip


class PostgreSQL:
    """See `config.backup.engines.Engine`."""

    part = "database.dump"
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"

    @contextmanager
    def taken(self, target: Path, transient: list[str]) -> Iterator[Ask]:
        """Dump one snapshot, and answer from that snapshot."""
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # The dump may take longer than a session may idle in its transaction.
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
            # Only light compression: it is the processor that a dump waits for.
            options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", "--compress=1"]
            left_out = [f"--exclude-table-data={table}" for table in transient]
            _run("pg_dump", *options, *left_out, f"--snapshot={snapshot}", f"--file={target}")
            target.chmod(0o600)
            yield ask

    def check(self, source: Path) -> None:
        """Let pg_restore read the table of contents."""
        _run("pg_restore", "--list", str(source))

    def is_in_use(self) -> bool:
        """Count the other sessions of people and processes; the server's own have no role."""
        others = (
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return any(ask(others))

    def holds_people(self) -> bool:
        """Look for accounts and history."""
        if any(ask(f"SELECT 1 FROM pg_namespace WHERE obj_description(oid) = '{_UNFINISHED}'")):  # noqa: S608  # nosec B608 - a constant
            return False
        known = set(connection.introspection.table_names())
        found = [table for table in ("accounts_user", "accounts_auditentry") if table in known]
        return any(any(ask(f"SELECT 1 FROM {table} LIMIT 1")) for table in found)  # noqa: S608  # nosec B608 - constants

    @contextmanager
    def put_back(self, source: Path, jobs: int) -> Iterator[None]:
        """Restore as the owner; the application gets its rights at the very end, so no worker reads before."""
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
            # As PostgreSQL itself makes it: the schema belongs to whom the database belongs.
            cursor.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
            cursor.execute(f"COMMENT ON SCHEMA public IS '{_UNFINISHED}'")
        options = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", f"--jobs={jobs}"]
        _run("pg_restore", *options, "--dbname", str(connection.settings_dict["NAME"]), str(source))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield
        role = settings.DATABASE_APP_ROLE
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            if role and role != connection.settings_dict["USER"]:
                grant_to(connection, role)
            cursor.execute("COMMENT ON SCHEMA public IS NULL")


def _run(name: str, *arguments: str) -> None:
    given = {key: value for key, value in connection.get_connection_params().items() if key in _VARIABLES and value}
    # By environment: the password is not for the list of processes.
    environment = {**os.environ, **{_VARIABLES[key]: str(value) for key, value in given.items()}}
    done = subprocess.run(
        [_program(name), *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.strip()[-2000:]}")


def _program(name: str) -> str:
    """Return where a tool lies: the newest of Debian's versions, which reads all older servers, else on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise BackupError(f"{name} is missing: install PostgreSQL's client programs (Debian: postgresql-client).")
    return program
