"""Where files of applications lie: a private folder, random names, written whole or not at all."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.fields import normalise
from grants.exceptions import BadFile
from grants.filetypes import Kind, inspect

_NAME_LENGTH: Final = 160
# Longer than any backup takes to copy the files that its snapshot names.
_KEPT_SECONDS: Final = 24 * 3600.0
REMOVED: Final = "removed"
_ALSO_JPG: Final = ("jpeg", "jpe")


@dataclass(frozen=True)
class Stored:
    """A file that lies in the store, not yet part of any application."""

    path: str
    name: str
    size: int
    content_type: str
    sha256: str


def full_path(path: str) -> Path:
    """Return where a stored path lies on disk. Raises: ValueError for a path that leads elsewhere."""
    root = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER
    found = (root / path).resolve()
    if not found.is_relative_to(root.resolve()):
        raise ValueError(path)
    return found


def store(upload: "UploadedFile[Any]") -> Stored:
    """Write an upload into the store under a random name, after looking at its content.

    Raises:
        BadFile: too large, empty, or of a kind that is not taken; nothing is left behind.
    """
    token = secrets.token_hex(16)
    path = f"{token[:2]}/{token}"
    target = full_path(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_suffix(".part")
    try:
        size, sha256 = _write(upload.chunks(), part)
        kind = inspect(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Stored(path, safe_name(upload.name or "", kind), size, kind.content_type, sha256)


def _write(chunks: Iterable[bytes], part: Path) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.UPLOAD_MAX_BYTES:
                raise BadFile(too_large())
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if size == 0:
        raise BadFile(_("The file is empty. Please choose it again."))
    return size, digest.hexdigest()


def too_large() -> str:
    """Return what to tell somebody whose file is above the limit."""
    limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    return _("The file is larger than %(limit)s MB. Please send a smaller one, for example as PDF.") % {"limit": limit}


def no_room() -> str:
    """Return what to tell somebody whose file finds no room on the disk."""
    return _("There is no room for files at the moment, so this one was not taken. Please try again later.")


def safe_name(name: str, kind: Kind) -> str:
    """Return a name fit to show and to save under: no folders, no control or direction marks, true ending."""
    last = re.split(r"[/\\]", normalise(name, lines=False))[-1]
    stem, dot, ending = re.sub(r'[<>:"|?*]', "_", last).strip(". ").rpartition(".")
    if not dot or (ending.lower() != kind.extension and not (kind.extension == "jpg" and ending.lower() in _ALSO_JPG)):
        stem = f"{stem}.{ending}" if dot else ending
    stem = stem[: _NAME_LENGTH - len(kind.extension) - 1] or _("document")
    return f"{stem}.{kind.extension}"


def removed_path(path: str) -> Path:
    """Return where a file lies between its removal and its end."""
    return full_path(f"{REMOVED}/{path.replace('/', '-')}")


def remove(path: str) -> None:
    """Take a stored file out of the store; one that is gone already is no error.

    It lies aside for a day: a backup that began before the removal still names it.
    """
    target = removed_path(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.utime(full_path(path))
        full_path(path).replace(target)
    except FileNotFoundError:
        return


def remove_all(paths: Iterable[str]) -> None:
    """Take stored files out of the store."""
    for path in paths:
        remove(path)


def sweep_removed() -> int:
    """Delete what was removed a day ago; return how many files."""
    folder = full_path(REMOVED)
    # The age of a file is told by the clock of the file system, not by the one of the product.
    limit = time.time() - _KEPT_SECONDS
    old = [path for path in folder.iterdir() if path.stat().st_mtime < limit] if folder.is_dir() else []
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
