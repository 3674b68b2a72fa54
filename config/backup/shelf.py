"""The folder in which the backups stand: one folder each, complete in itself, named by its moment (UTC)."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from config.backup.exceptions import BackupError

_NAME: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z(-[0-9]+)?")
_UNFINISHED: Final = ".unfinished"
_GOING: Final = ".going"


def finished(shelf: Path) -> list[Path]:
    """Return the whole backups, oldest first; a backup gets its name when it is whole."""
    return sorted(path for path in shelf.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))


@contextmanager
def alone(shelf: Path) -> Iterator[None]:
    """Let no second backup run into the same folder. Raises: BackupError."""
    shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (shelf / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"Another backup into {shelf} is running.") from error
        yield


@contextmanager
def new(shelf: Path, taken_at: datetime) -> Iterator[tuple[Path, Path]]:
    """Give a folder to fill and the name that it gets once it is whole and on the disk.

    What an interrupted run left is thrown away first: nobody can mistake it for a backup.
    """
    for leftover in (*shelf.glob(f"*{_UNFINISHED}"), *shelf.glob(f"*{_GOING}")):
        shutil.rmtree(leftover)
    final = _free_name(shelf, f"{taken_at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    folder = shelf / f".{final.name}{_UNFINISHED}"
    folder.mkdir(mode=0o700)
    try:
        yield folder, final
        sync(folder)
        folder.rename(final)
        sync(shelf)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _free_name(shelf: Path, name: str) -> Path:
    tried = [shelf / name, *(shelf / f"{name}-{number}" for number in range(2, 100))]
    return next(path for path in tried if not path.exists())


def keep_newest(shelf: Path, count: int) -> list[str]:
    """Throw away all but the newest backups; return the names of those that went."""
    old = finished(shelf)[:-count]
    for folder in old:
        # Out of sight first: half a backup never looks whole.
        going = folder.rename(shelf / f".{folder.name}{_GOING}")
        shutil.rmtree(going)
    return [folder.name for folder in old]


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file of a backup and wait until it is on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk. Raises: OSError, if they cannot get there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
