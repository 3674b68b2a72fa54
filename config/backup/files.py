"""The files that rows name: uploads, drawn documents, payment files. Once named, a file never changes."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from config.backup import shelf
from grants import filestore
from grants.models import Attachment, CaseMessageFile, Import, OrganisationDocument
from notifications.models import Document
from payments.models import PaymentExport
from payments.steps.payouts import EXPORT_FOLDER

FOLDER: Final = "files"
# Lines as `sha256sum --check` reads them, so that no product is needed to look after a backup.
LIST: Final = "files.sha256"
_CHUNK: Final = 1024 * 1024
# So many copied files are brought to the disk at once.
_BATCH: Final = 5000


def named() -> str:
    """Return the SQL that lists every file a row names: path below MEDIA_ROOT, SHA-256."""
    uploads = f"{settings.UPLOAD_FOLDER}/"
    return " UNION ALL ".join(
        f"SELECT '{prefix}' || {column}, sha256 FROM {model._meta.db_table} WHERE {column} <> ''"  # noqa: S608  # nosec B608 - names from models only
        for model, column, prefix in (
            (Document, "file", ""), (PaymentExport, "file", ""), (Attachment, "path", uploads),
            (OrganisationDocument, "path", uploads), (CaseMessageFile, "path", uploads),
            (Import, "path", uploads),
        )
    )  # fmt: skip


def folders() -> list[Path]:
    """Return the folders below MEDIA_ROOT in which named files lie."""
    names = (settings.UPLOAD_FOLDER, settings.LETTER_FOLDER, EXPORT_FOLDER)
    return [Path(settings.MEDIA_ROOT) / name for name in names]


def existing() -> Iterator[Path]:
    """Yield the files in these folders, as paths below MEDIA_ROOT; temporary and removed ones do not count."""
    for folder in folders():
        for path in folder.rglob("*"):
            if path.is_file() and not _is_passing(path):
                yield path.relative_to(settings.MEDIA_ROOT)


def _is_passing(path: Path) -> bool:
    return path.name.startswith(".") or path.suffix == ".part" or path.parent.name == filestore.REMOVED


def stored(path: Path | str) -> Path:
    """Return where a file that a row names lies."""
    return Path(settings.MEDIA_ROOT) / path


def _source(path: str) -> Path | None:
    """Return where a named file lies now; its row may have gone with it since the snapshot."""
    if stored(path).is_file():
        return stored(path)
    removed = filestore.removed_path(path.removeprefix(f"{settings.UPLOAD_FOLDER}/"))
    return removed if removed.is_file() else None


class Collection:
    """Fills the files of one backup; what the backup before holds already is linked, not copied."""

    def __init__(self, folder: Path, previous: Path | None) -> None:
        self._files = folder / FOLDER
        self._list = folder / LIST
        self._previous = previous / FOLDER if previous else None
        self.count = self.copied = self.bytes = 0
        self.faults: dict[str, str] = {}
        self._unsettled: list[Path] = []

    def fill(self, wanted: Iterable[tuple[Any, ...]]) -> None:
        """Take every wanted file (path, SHA-256). Raises: OSError, for example a full disk."""
        self._files.mkdir(mode=0o700)
        with self._list.open("x", encoding="utf-8") as lines:
            for path, sha256 in wanted:
                if self._take(path, sha256):
                    lines.write(f"{sha256}  {FOLDER}/{path}\n")
                if len(self._unsettled) >= _BATCH:
                    settle(self._unsettled)
        settle([*self._unsettled, self._list])

    def _take(self, path: str, sha256: str) -> bool:
        target = self._files / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = _source(path)
        if source is None:
            self.faults[path] = "missing"
        if not self._link(path, target):
            if source is None:
                return False
            if copy(source, target) != sha256:
                self.faults[path] = "damaged"
            self.copied += 1
            self._unsettled.append(target)
        self.count += 1
        self.bytes += target.stat().st_size
        return True

    def _link(self, path: str, target: Path) -> bool:
        if self._previous is None:
            return False
        try:
            target.hardlink_to(self._previous / path)
        except OSError:
            # Not there, or a file system without links: copied then.
            return False
        return True


def settle(paths: list[Path]) -> None:
    """Wait until files are on the disk, and empty the list.

    All at once, because one by one each waits for the disk anew; then each is asked whether it went well.
    """
    os.sync()
    for path in paths:
        shelf.sync(path)
    paths.clear()


def copy(source: Path, target: Path) -> str:
    """Copy a file, under a passing name first, and return the SHA-256 (hex) of what was read; then comes `settle`."""
    part = target.with_name(f".{target.name}.part")
    digest = hashlib.sha256()
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as read, os.fdopen(handle, "wb") as written:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
    part.replace(target)
    return digest.hexdigest()


def listed(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of a backup: path below MEDIA_ROOT, SHA-256."""
    with (folder / LIST).open(encoding="utf-8") as lines:
        for line in lines:
            sha256, _, path = line.rstrip("\n").partition("  ")
            yield path.removeprefix(f"{FOLDER}/"), sha256


def put_back(folder: Path) -> int:
    """Copy the files of a backup below MEDIA_ROOT, except those that lie there already; return how many."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    count, unsettled = 0, []
    for path, _sha256 in listed(folder):
        count += 1
        target = root / path
        if not target.exists():
            _make_folders(root, target.parent)
            copy(folder / FOLDER / path, target)
            give_away(target, root)
            unsettled.append(target)
        if len(unsettled) >= _BATCH:
            settle(unsettled)
    settle(unsettled)
    return count


def _make_folders(root: Path, folder: Path) -> None:
    if not folder.exists():
        _make_folders(root, folder.parent)
        folder.mkdir(mode=0o700)
        give_away(folder, root)


def give_away(path: Path, like: Path) -> None:
    """Let a file belong to whom `like` belongs: root restores, the web server reads."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def move_aside(paths: Iterable[Path], name: str) -> Path:
    """Move files out of the way into a folder of that name below MEDIA_ROOT; return it."""
    root = Path(settings.MEDIA_ROOT)
    aside = root / name
    for path in paths:
        target = aside / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(root / path, target)
    return aside
