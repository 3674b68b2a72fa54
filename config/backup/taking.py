"""Makes a backup: first the database as of one moment, then the files that this state names."""

import os
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from accounts import clock
from config.backup import engines, files, manifest, shelf
from config.backup.questions import Ask

MIGRATIONS = "SELECT app || '.' || name FROM django_migrations"


@dataclass(frozen=True)
class Taken:
    """A finished backup: its folder, what it says, how many files were copied anew, and how long it took."""

    folder: Path
    manifest: manifest.Manifest
    copied: int
    seconds: dict[str, float]


def take(target: Path) -> Taken:
    """Make a backup in a new folder below `target`.

    Raises:
        BackupError: another one is running, or a tool failed; nothing that looks like a backup is left.
        OSError: the disk refused, likewise.
    """
    before = os.umask(0o077)
    try:
        with shelf.alone(target):
            return _take(target)
    finally:
        os.umask(before)


def _take(target: Path) -> Taken:
    previous = next(reversed(shelf.finished(target)), None)
    taken_at, seconds = clock.now(), {}
    with shelf.new(target, taken_at) as (folder, final):
        engine, started, transient = engines.engine(), time.monotonic(), engines.transient()
        collection = files.Collection(folder, previous)
        dump = folder / engine.part
        with engine.taken(dump, transient) as ask:
            seconds["database"] = time.monotonic() - started
            facts = facts_of(engine, ask, without=transient)
            collection.fill(ask(files.named()))
            seconds["files"] = time.monotonic() - started - seconds["database"]
        content = manifest.Manifest(
            version=_version(),
            engine=connection.vendor,
            taken_at=taken_at.isoformat(),
            finished_at=clock.now().isoformat(),
            parts=[manifest.part_of(dump), manifest.part_of(folder / files.LIST)],
            file_count=collection.count,
            file_bytes=collection.bytes,
            faults=collection.faults,
            **facts,
        )
        shelf.write_whole(folder / manifest.FILE, manifest.write(content))
    seconds["all"] = time.monotonic() - started
    return Taken(final, content, collection.copied, seconds)


def facts_of(engine: engines.Engine, ask: Ask, *, without: list[str]) -> dict[str, Any]:
    """Return what can be compared later: migrations, triggers, rows per table (`without`: none of these)."""
    tables = sorted(set(_first(ask(engine.tables))) - set(without))
    counts = {table: next(ask(f'SELECT count(*) FROM "{table}"'))[0] for table in tables}  # noqa: S608  # nosec B608 - names of tables
    return {
        "migrations": sorted(_first(ask(MIGRATIONS))),
        "triggers": sorted(_first(ask(engine.triggers))),
        "rows": counts,
    }


def _first(rows: Iterator[tuple[Any, ...]]) -> list[str]:
    return [str(row[0]) for row in rows]


def _version() -> str:
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
