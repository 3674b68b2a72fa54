"""Puts a backup back: nothing is opened before everything was checked, and nothing is sent before a person said so."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from config.backup import checking, engines, files, manifest
from config.backup.exceptions import BackupError
from config.backup.manifest import Manifest
from grants.steps.numbers import skip_numbers
from notifications.actions import restorations
from notifications.models import Restoration


@dataclass
class Restored:
    """What was put back: the mark that holds the mails, the files, and how long each part took (seconds)."""

    manifest: Manifest
    files: int = 0
    mark: Restoration | None = None
    aside: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)


def restore(folder: Path, *, replace: str = "", jobs: int = 2, skip: int = 100) -> Restored:
    """Put a backup back and check it.

    Args:
        folder: of the backup.
        replace: name of the database, when there is one with people's data in it that shall go.
        jobs: how many tables PostgreSQL loads at the same time.
        skip: how many case numbers are left out: those given after the backup stand on receipts.

    Raises:
        BackupError: nothing was changed; or the check afterwards failed, and the database stays closed.
        OSError: the disk refused; nothing was opened.
    """
    before = os.umask(0o077)
    try:
        return _restore(folder, replace, jobs, skip)
    finally:
        os.umask(before)


def _restore(folder: Path, replace: str, jobs: int, skip: int) -> Restored:
    clock = _Stopwatch()
    content, engine = manifest.read(folder), engines.engine()
    engines.named(content.engine)
    _require_known(content)
    _refuse("The backup cannot be used", list(checking.damages(folder, content)))
    engine.check(folder / engine.part)
    clock.lap("check of the backup")
    done = Restored(content, seconds=clock.seconds)
    done.aside = _make_room(engine, folder, replace)
    done.files = files.put_back(folder)
    clock.lap("files")
    with engine.put_back(folder / engine.part, jobs):
        clock.lap("database")
        problems = checking.differences(content)
        _bring_up_to_date()
        done.mark = restorations.stand_still(source=folder.name, taken_at=content.moment)
        with transaction.atomic():
            skip_numbers(skip, since=content.moment.year)
        problems += checking.wrong(content)
        clock.lap("check of what was restored")
        _refuse("The restored database stays closed, because something is wrong", problems)
    clock.whole()
    return done


def _refuse(why: str, problems: list[str]) -> None:
    if problems:
        more = [f"… and {len(problems) - 50} more."] if len(problems) > 50 else []
        raise BackupError("\n".join([f"{why}:", *problems[:50], *more]))


def _known() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _require_known(content: Manifest) -> None:
    newer = sorted(set(content.migrations) - _known())
    if newer:
        raise BackupError(
            f"This backup was made by a newer product (version {content.version}); "
            f"install that one first. Unknown here: {', '.join(newer)}."
        )


def _bring_up_to_date() -> None:
    """Migrate a backup of an older product; Django's own command, so that nobody gets rights yet."""
    if MigrationLoader(connection).applied_migrations.keys() < MigrationLoader(None).disk_migrations.keys():
        call_command(migrate.Command(), verbosity=0, interactive=False)


def _make_room(engine: engines.Engine, folder: Path, replace: str) -> Path | None:
    """Refuse to overwrite anything that was not named; return where foreign files were moved, if there were any."""
    name = Path(connection.settings_dict["NAME"]).name
    if replace and replace != name:
        raise BackupError(f"The configured database is {name}, not {replace}: nothing was changed.")
    if not replace and engine.holds_people():
        raise BackupError(f"The database {name} is not empty. To give up what is in it: --replace {name}")
    foreign = [path for path in files.existing() if not _is_same(folder, path)]
    if foreign and not replace:
        raise BackupError(
            f"MEDIA_ROOT is not empty: {len(foreign)} files are not of this backup, for example {foreign[0]}. "
            f"To move them aside: --replace {name}"
        )
    if engine.is_in_use():
        raise BackupError(f"The database {name} is in use: stop web, workers and scheduler first.")
    connection.close()
    return files.move_aside(foreign, f"replaced-by-{folder.name}") if foreign else None


def _is_same(folder: Path, path: Path) -> bool:
    kept = folder / files.FOLDER / path
    return kept.is_file() and manifest.sha256_of(kept) == manifest.sha256_of(files.stored(path))


class _Stopwatch:
    """Measures the parts of the work."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self.seconds: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name], self._last = now - self._last, now

    def whole(self) -> None:
        self.seconds["all"] = time.monotonic() - self._began
