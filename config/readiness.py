"""Is this installation ready? What only a look around can tell: files, tables, the key of the bank data."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.checks import opens_a_sample
from config.messages import LOCALE, is_stale
from config.monitoring import missing_migrations

log = structlog.get_logger(__name__)

_MANIFEST: Final = "staticfiles.json"


def complaints(*, serves: bool) -> list[str]:
    """Return a sentence for each thing that is wrong; what is only away (database, broker) may come back.

    Args:
        serves: web, which hands out static files; a worker has none.
    """
    return [*_files(), *(_static() if serves else ()), *_rows()]


def _files() -> Iterator[str]:
    media = Path(settings.MEDIA_ROOT)
    if not (media.is_dir() and os.access(media, os.W_OK | os.X_OK)):
        yield f"MEDIA_ROOT ({media}) is no folder in which this process may write."
    if any(is_stale(path) for path in LOCALE.glob("*/LC_MESSAGES/*.po")):
        yield "The translations are not compiled: run python -m config.messages."


def _static() -> Iterator[str]:
    static = Path(settings.STATIC_ROOT)
    if not (static / _MANIFEST).is_file():
        yield f"STATIC_ROOT ({static}) holds no collected files: run manage.py collectstatic --noinput."


def _rows() -> Iterator[str]:
    try:
        if not MigrationRecorder(connection).has_table():
            yield "The database is empty: run manage.py migrate."
            return
        yield from _timeouts()
        missing = missing_migrations()
        if missing:
            yield f"The database lacks {missing} migrations: run manage.py migrate."
        elif not opens_a_sample():
            yield (
                "FIELD_ENCRYPTION_KEY does not open the bank data in this database. Set the key with which they were"
                " written, or name it in FIELD_ENCRYPTION_KEY_FALLBACKS."
            )
    except (OperationalError, InterfaceError) as error:
        log.warning("database_away", error=type(error).__name__)


def _timeouts() -> Iterator[str]:
    """Without these limits, which the connection sets itself unless it is pooled, a wait for a lock has no end."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_settings WHERE setting = '0'"
            " AND name IN ('lock_timeout', 'idle_in_transaction_session_timeout') ORDER BY name"
        )
        for (name,) in cursor.fetchall():
            yield f"The database role has no {name}: see DATABASE_POOLED in docs/operators.md."


def refuse_if_wrong(*, serves: bool) -> None:
    """End the process with every complaint. Demo and tests prepare everything themselves.

    Args:
        serves: web; False for a worker.

    Raises:
        SystemExit: something is wrong.
    """
    found = [] if settings.DEMO else complaints(serves=serves)
    if found:
        raise SystemExit("This installation is not ready:\n" + "\n".join(f"- {line}" for line in found))
