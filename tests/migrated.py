"""One database for all processes of a run: migrated once, copied for each, which saves each half a minute."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from tests.services import ROOT, Postgres

SOURCE = "TEST_MIGRATED"


def prepare(server: Postgres | None) -> None:
    """Migrate a database and tell the processes that start from now on where it is.

    Args:
        server: that has it; without one it is a file.
    """
    if server is not None:
        _on_server(server.url, sql.SQL("CREATE DATABASE migrated"))
        database = server.url_of("migrated")
    else:
        database = str(settings.DATA_DIR / "migrated.sqlite3")
    told = {"TEST_WORKER_DATABASE": database, "TEST_DATA_DIR": str(settings.DATA_DIR)}
    environ = os.environ | told | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environ, check=True)
    os.environ[SOURCE] = database


def is_there() -> bool:
    return SOURCE in os.environ


def place(name: str) -> None:
    """Put a copy where this process will look for its database.

    Args:
        name: of a database on the same server, or the path of a file.
    """
    if settings.TEST_ENGINE == "sqlite":
        shutil.copyfile(Path(os.environ[SOURCE]), name)
    else:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE migrated").format(sql.Identifier(name))
        _on_server(os.environ[SOURCE].rpartition("/")[0] + "/postgres", copy)


def _on_server(url: str, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(statement)
