"""Pictures of the pages of a file, so that nobody has to download it in order to look at it.

A worker draws them when somebody first looks. They lie beside the store, not in it: they can be made again,
and no backup holds them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from grants import drawing, filestore
from grants.models import StoredFile
from notifications import wakeup

log = structlog.get_logger(__name__)

DRAW: Final = "grants.draw"
_SECONDS: Final = 40
# Nobody has looked for so long: they go, and are drawn anew for whoever does.
_KEPT_SECONDS: Final = 30 * 24 * 3600.0
_HALF_DRAWN_SECONDS: Final = 3600.0


@dataclass(frozen=True)
class Preview:
    """What there is to look at: so many pictures, of so many pages in all. None of either: it cannot be drawn."""

    pictures: int
    total: int


def look(file: StoredFile) -> Preview | None:
    """Return what was drawn of a file; None: nobody has drawn it yet."""
    folder = filestore.preview_folder(file.path)
    if not folder.is_dir():
        return None
    os.utime(folder)
    total = folder / drawing.TOTAL
    if not total.is_file():
        return Preview(0, 0)
    return Preview(len(list(folder.glob("*.jpg"))), int(total.read_text()))


def picture(file: StoredFile, number: int) -> Path | None:
    """Return where the picture of a page (from 1) lies, if there is one."""
    path = filestore.preview_folder(file.path) / f"{number}.jpg"
    return path if path.is_file() else None


def order(file: StoredFile) -> bool:
    """Ask a worker to draw a file; False: nobody can be asked now. A lost wish is made again by looking again."""
    return wakeup.ask(DRAW, file.path)


def draw(path: str) -> None:
    """Draw a file of the store once. What cannot be drawn leaves an empty folder, so that nobody tries again."""
    target, source = filestore.preview_folder(path), filestore.full_path(path)
    if target.is_dir() or not source.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = Path(tempfile.mkdtemp(dir=target.parent, suffix=".part"))
    _run(source, part)
    try:
        part.rename(target)
    except OSError:
        # Another worker was faster.
        shutil.rmtree(part)


def _run(source: Path, folder: Path) -> None:
    script = [sys.executable, "-I", drawing.__file__, str(source), str(folder)]
    try:
        subprocess.run(script, check=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.SubprocessError as error:
        log.warning("preview_failed", file=source.name, error=str(error))


def sweep() -> int:
    """Delete pictures at which nobody has looked for a month, and half-drawn ones; return how many files' they were."""
    now = time.time()
    old = [folder for folder in filestore.previews() if folder.stat().st_mtime < now - _kept_seconds(folder)]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _kept_seconds(folder: Path) -> float:
    return _HALF_DRAWN_SECONDS if folder.suffix == ".part" else _KEPT_SECONDS
