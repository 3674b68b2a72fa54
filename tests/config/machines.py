"""A second machine for the tests of backups: an empty database and an empty store of files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql
from pytest_django.fixtures import Settings


@dataclass
class Machine:
    """Where it keeps its data; ``inside`` makes this process work there."""

    settings: Settings
    folder: Path
    database: str
    # Of PostgreSQL: who owns the tables, and who may only read and write rows.
    owner: str = ""
    application: str = ""

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def name(self) -> str:
        """What ``--replace`` wants to hear."""
        return Path(self.database).name

    @property
    def worker_database(self) -> str:
        """For a worker of the tests, which connects as the application."""
        if not self.owner:
            return self.database
        server = os.environ["TEST_DATABASE_URL"].partition("@")[2].rpartition("/")[0]
        return f"postgresql://{self.application}@{server}/{self.database}"

    @contextmanager
    def inside(self, role: str = "") -> Iterator[None]:
        """Let the connection and the store of files be those of this machine; by default as the owner."""
        here, media = dict(connection.settings_dict), self.settings.MEDIA_ROOT
        connection.close()
        connection.settings_dict["NAME"] = self.database if self.owner else Path(self.database)
        connection.settings_dict["USER"] = role or self.owner
        self.settings.MEDIA_ROOT, self.settings.DATABASE_APP_ROLE = self.media, self.application
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(here)
            self.settings.MEDIA_ROOT, self.settings.DATABASE_APP_ROLE = media, ""


@contextmanager
def empty_machine(settings: Settings, folder: Path) -> Iterator[Machine]:
    """Make one; on PostgreSQL with two roles of its own."""
    folder.mkdir()
    if connection.vendor == "sqlite":
        yield Machine(settings, folder, str(folder / "empty.sqlite3"))
        return
    name = f"{connection.settings_dict['NAME']}_{folder.name}"
    machine = Machine(settings, folder, name, owner=f"{name}_owner", application=f"{name}_app")
    words = {key: sql.Identifier(value) for key, value in vars(machine).items() if isinstance(value, str)}
    _server("CREATE ROLE {owner} LOGIN", "CREATE ROLE {application} LOGIN", words=words)
    _server("CREATE DATABASE {database} OWNER {owner} TEMPLATE template0", words=words)
    try:
        yield machine
    finally:
        connection.close()
        _server("DROP DATABASE {database} WITH (FORCE)", "DROP ROLE {owner}", "DROP ROLE {application}", words=words)


def _server(*statements: str, words: dict[str, sql.Identifier]) -> None:
    with psycopg.connect(os.environ["TEST_DATABASE_URL"].rpartition("/")[0] + "/postgres", autocommit=True) as server:
        for statement in statements:
            server.execute(sql.SQL(statement).format(**words))
