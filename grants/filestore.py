"""Where files of applications lie: a private folder, random names, written whole or not at all."""

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.fields import normalise
from accounts.models import User
from grants import scanning
from grants.exceptions import BadFile, UnknownKind
from grants.filetypes import CSV, Kind, inspect, is_text
from grants.limits import Limits, limits_of
from grants.models import StoredFile
from grants.states import Scan

if TYPE_CHECKING:
    _UploadedFile = UploadedFile[bytes]
else:
    _UploadedFile = UploadedFile

_NAME_LENGTH: Final = 160
# Longer than any backup takes to copy the files that its snapshot names.
_KEPT_SECONDS: Final = 24 * 3600.0
REMOVED: Final = "removed"
ARRIVING: Final = "arriving"
PREVIEWS: Final = "previews"
_ALSO_JPG: Final = ("jpeg", "jpe")


@dataclass(frozen=True)
class Stored:
    """A file that lies in the store, not yet part of any application."""

    path: str
    name: str
    size: int
    content_type: str
    sha256: str
    scan: Scan = Scan.NONE

    def row(self, *, by: User, at: datetime) -> dict[str, Any]:
        """Return the columns of the row that names it (see `StoredFile`): sent by whom, when."""
        scanned_at = at if self.scan == Scan.CLEAN else None
        return {**vars(self), "uploaded_by": by, "uploaded_at": at, "scanned_at": scanned_at}


def full_path(path: str) -> Path:
    """Return where a stored path lies on disk. Raises: ValueError for a path that leads elsewhere."""
    root = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER
    found = (root / path).resolve()
    if not found.is_relative_to(root.resolve()):
        raise ValueError(path)
    return found


class Arriving(_UploadedFile):
    """An upload on its way: written on the store's own disk and hashed as it comes, so that nothing is copied later.

    Closing it takes it away, unless it was moved into the store.
    """

    file: IO[bytes]
    size: int

    def __init__(self, name: str, limits: Limits) -> None:
        self._limits = limits
        folder = full_path(ARRIVING)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Without a buffer: a full disk is told by the write, not by closing the file.
        file = NamedTemporaryFile(dir=folder, suffix=".part", buffering=0)  # noqa: SIM115 - open until it has arrived
        super().__init__(file, name, size=0)
        self._digest = hashlib.sha256()

    @property
    def path(self) -> Path:
        """Where it lies now."""
        return Path(self.file.name)

    @property
    def sha256(self) -> str:
        """The hash of what has come."""
        return self._digest.hexdigest()

    def take(self, piece: bytes) -> None:
        """Write a piece. Raises: BadFile: larger than a file may be; OSError: there is no room."""
        self.size += len(piece)
        if self.size > self._limits.max_bytes:
            raise BadFile(self._limits.too_large())
        self._digest.update(piece)
        rest = memoryview(piece)
        while rest:
            rest = rest[self.file.write(rest) :]

    def move(self, target: Path) -> None:
        """Let it lie at another place of the same disk, whole and for good."""
        os.fsync(self.file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.replace(target)

    def close(self) -> None:
        """Close it; what was moved away is no longer here to be removed."""
        with suppress(FileNotFoundError):
            super().close()


def _arrive(upload: "UploadedFile[Any]", limits: Limits) -> Arriving:
    """Return the upload as one that came piece by piece."""
    arriving = Arriving(upload.name or "", limits)
    try:
        for piece in upload.chunks():
            arriving.take(piece)
    except BaseException:
        arriving.close()
        raise
    return arriving


def store(upload: "UploadedFile[Any]", limits: Limits | None = None) -> Stored:
    """Put an upload into the store under a random name, after looking at its content.

    Args:
        upload: what somebody sent.
        limits: of the round; by default whatever the product takes.

    Raises:
        BadFile: too large, empty, of a kind that is not taken, or with a virus; nothing is left behind.
    """
    limits = limits or limits_of()
    arriving = upload if isinstance(upload, Arriving) else _arrive(upload, limits)
    try:
        kind = _look_at(arriving, limits)
        scan = scanning.first_look(arriving.path)
        if scan == Scan.INFECTED:
            raise BadFile(_("The virus scanner refuses this file. Please check your device, then send a clean copy."))
        path = _free_path()
        arriving.move(full_path(path))
    finally:
        arriving.close()
    name = safe_name(upload.name or "", kind)
    return Stored(path, name, arriving.size, kind.content_type, arriving.sha256, scan)


def _look_at(arriving: Arriving, limits: Limits) -> Kind:
    if not arriving.size:
        raise BadFile(_("The file is empty. Please choose it again."))
    try:
        kind = inspect(arriving.path)
    except UnknownKind as error:
        if CSV not in limits.kinds or not is_text(arriving.path):
            raise BadFile(limits.not_taken()) from error
        return CSV
    if kind not in limits.kinds:
        raise BadFile(limits.not_taken())
    return kind


def _free_path() -> str:
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}"


def twin(file: StoredFile) -> Stored:
    """Let a stored file lie in the store once more, under a path of its own: each goes without the other.

    Raises:
        BadFile: it is not there any more.
    """
    path, source = _free_path(), full_path(file.path)
    target = full_path(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        target.hardlink_to(source)
    except FileNotFoundError as error:
        raise BadFile(_("The file is not there any more. Please upload it again.")) from error
    except OSError:
        # A file system without links.
        shutil.copyfile(source, target)
    return Stored(path, file.name, file.size, file.content_type, file.sha256, Scan(file.scan))


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


def preview_folder(path: str) -> Path:
    """Return where pictures of a stored file lie (see `grants.previews`), outside of what a backup keeps."""
    return Path(settings.MEDIA_ROOT) / PREVIEWS / full_path(path).relative_to(full_path(""))


def previews() -> list[Path]:
    """Return every folder with pictures of a file."""
    return list((Path(settings.MEDIA_ROOT) / PREVIEWS).glob("*/*"))


def removed_path(path: str) -> Path:
    """Return where a file lies between its removal and its end."""
    return full_path(f"{REMOVED}/{path.replace('/', '-')}")


def remove(path: str) -> None:
    """Take a stored file out of the store; one that is gone already is no error.

    It lies aside for a day: a backup that began before the removal still names it. Its pictures go at once.
    """
    shutil.rmtree(preview_folder(path), ignore_errors=True)
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


def sweep() -> int:
    """Delete what was removed a day ago, and what a web server that was killed had begun to take; return how many."""
    # The age of a file is told by the clock of the file system, not by the one of the product.
    limit = time.time() - _KEPT_SECONDS
    folders = [folder for folder in map(full_path, (REMOVED, ARRIVING)) if folder.is_dir()]
    aside = [path for folder in folders for path in folder.iterdir()]
    # One that arrives may be gone by now.
    old = [path for path in aside if path.exists() and path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
