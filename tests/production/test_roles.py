"""Production from an empty PostgreSQL: the owner migrates, the application works and owns nothing."""

import psycopg
import pytest
from psycopg import sql

from config.grants import GUARDED
from tests.production.installation import Installation

pytestmark = pytest.mark.postgresql


def test_application_owns_nothing(installed: Installation) -> None:
    owners = installed.rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")

    assert owners == [("owner",)]


def test_application_reads_every_table(installed: Installation) -> None:
    with psycopg.connect(installed.settings["DATABASE_URL"]) as connection:
        for table in GUARDED:
            connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


def test_second_migration_changes_nothing(installed: Installation) -> None:
    done = installed.manage("migrate")

    assert (done.returncode, "No migrations to apply." in done.stdout) == (0, True)


def test_owner_and_application_must_differ(bare: Installation) -> None:
    done = bare.manage("migrate", MIGRATION_DATABASE_URL=bare.settings["DATABASE_URL"])

    assert done.returncode == 1
    assert "DATABASE_URL must name another role than MIGRATION_DATABASE_URL." in done.stderr


def test_demo_data_is_refused(installed: Installation) -> None:
    assert installed.manage("seed_demo").returncode == 1
