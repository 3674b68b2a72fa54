"""Backup and restore with production's settings: the owner does both, the application gets its rights at the end."""

from pathlib import Path

import psycopg
import pytest

from config.grants import GUARDED
from tests.production.installation import Installation

pytestmark = pytest.mark.postgresql
EXECUTABLE = (
    "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    " AND prorettype = 'trigger'::regtype AND has_function_privilege('application', oid, 'EXECUTE')"
)


def test_restored_beside_the_first_it_belongs_to_the_owner(installed: Installation, tmp_path: Path) -> None:
    taken = installed.manage("backup", str(tmp_path / "backups"))
    assert taken.returncode == 0, taken.stderr
    (folder,) = [path for path in (tmp_path / "backups").iterdir() if path.is_dir()]
    with psycopg.connect(installed.postgres.url, autocommit=True) as server:
        server.execute("CREATE DATABASE beside OWNER owner TEMPLATE template0")
    there = {
        "DATABASE_URL": installed.settings["DATABASE_URL"].replace("/miteinander", "/beside"),
        "MIGRATION_DATABASE_URL": installed.postgres.url_of("beside", "owner"),
        "MEDIA_ROOT": str(tmp_path / "media"),
    }

    done = installed.manage("restore", str(folder), **there)

    assert done.returncode == 0, done.stderr
    assert "Everybody signs in anew." in done.stdout
    with psycopg.connect(there["DATABASE_URL"]) as application:
        assert application.execute("SELECT state FROM notifications_restoration").fetchall() == [("STILL",)]
        assert application.execute(EXECUTABLE).fetchall() == []
        for table in GUARDED:
            application.execute(f"SELECT count(*) FROM {table}")
        owners = application.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert owners.fetchall() == [("owner",)]
    assert installed.manage("migrate", **there).returncode == 0


def test_the_application_alone_can_do_neither(installed: Installation, tmp_path: Path) -> None:
    for command in ("backup", "restore"):
        done = installed.manage(command, str(tmp_path / "x"), MIGRATION_DATABASE_URL="")

        assert (done.returncode, "MIGRATION_DATABASE_URL is missing." in done.stderr) == (1, True)
