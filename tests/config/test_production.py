"""Production from an empty PostgreSQL: the owner migrates, the application works and owns nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.grants import GUARDED
from tests.architecture.sources import ROOT
from tests.services import Postgres
from tools.check import production_sample

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of its own: roles belong to a whole server, not to one database."""
    postgres = Postgres().create()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for statement in (
            "CREATE ROLE owner LOGIN",
            "CREATE ROLE application LOGIN",
            "CREATE DATABASE miteinander OWNER owner",
        ):
            connection.execute(statement)
    yield postgres
    postgres.remove()


@pytest.fixture(scope="module")
def environment(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("production")
    return {
        "PATH": os.environ["PATH"],
        **production_sample(),
        "DATABASE_URL": server.url_of("miteinander", "application"),
        "MIGRATION_DATABASE_URL": server.url_of("miteinander", "owner"),
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
    }


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def migrated(environment: dict[str, str]) -> dict[str, str]:
    done = manage(environment, "migrate")
    assert done.returncode == 0, done.stderr
    assert "tables to application." in done.stdout
    return environment


def test_application_owns_nothing(migrated: dict[str, str], server: Postgres) -> None:
    with psycopg.connect(server.url_of("miteinander")) as connection:
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()

    assert owners == [("owner",)]


def test_application_reads_every_table(migrated: dict[str, str], server: Postgres) -> None:
    with psycopg.connect(server.url_of("miteinander", "application")) as connection:
        for table in GUARDED:
            connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


def test_second_migration_changes_nothing(migrated: dict[str, str]) -> None:
    done = manage(migrated, "migrate")

    assert (done.returncode, "No migrations to apply." in done.stdout) == (0, True)


def test_owner_and_application_must_differ(environment: dict[str, str]) -> None:
    done = manage({**environment, "MIGRATION_DATABASE_URL": environment["DATABASE_URL"]}, "migrate")

    assert done.returncode == 1
    assert "DATABASE_URL must name another role than MIGRATION_DATABASE_URL." in done.stderr


def test_demo_data_is_refused(migrated: dict[str, str]) -> None:
    assert manage(migrated, "seed_demo").returncode == 1
