"""What a backup says about itself, sealed with the installation's key."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from accounts import encryption
from config.backup.exceptions import BackupError

FILE: Final = "manifest.json"
FORMAT: Final = 1
_KEY: Final = "miteinander backup"


@dataclass(frozen=True)
class Part:
    """A file of the backup itself: name, size in bytes, SHA-256 (hex)."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Everything needed to tell whether a backup is whole, and whether what came of it is the same again.

    `key` is a keyed hash by which the right FIELD_ENCRYPTION_KEY is recognised; the key itself is in no backup.
    `faults` names files that rows name but the store had lost ("missing") or changed ("damaged") by then.
    """

    version: str
    engine: str
    taken_at: str
    finished_at: str
    migrations: list[str]
    triggers: list[str]
    rows: dict[str, int]
    parts: list[Part]
    file_count: int
    file_bytes: int
    faults: dict[str, str] = field(default_factory=dict)
    key: str = ""
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        """Return the moment of which the data is."""
        return datetime.fromisoformat(self.taken_at)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file. Raises: OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def part_of(path: Path) -> Part:
    """Describe a file of the backup."""
    return Part(path.name, path.stat().st_size, sha256_of(path))


def write(manifest: Manifest) -> bytes:
    """Return the manifest as sealed text."""
    content = {**asdict(manifest), "key": encryption.fingerprint(_KEY)}
    return json.dumps({**content, "seal": encryption.fingerprint(_plain(content))}, indent=1).encode()


def _plain(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup.

    Raises:
        BackupError: there is none, it is damaged, or it was made with another key or a newer product.
    """
    try:
        content = json.loads((folder / FILE).read_bytes())
        seal, number = content.pop("seal"), content["format"]
    except OSError as error:
        raise BackupError(f"{folder} is no finished backup: {FILE} cannot be read.") from error
    except (ValueError, KeyError, AttributeError) as error:
        raise BackupError(f"The backup is damaged: {FILE} cannot be understood.") from error
    if number != FORMAT:
        raise BackupError(f"This backup has the format {number}, this product reads {FORMAT}.")
    _check_key(str(content.get("key", "")))
    if not encryption.is_fingerprint_of(str(seal), _plain(content)):
        raise BackupError(f"The backup is damaged: {FILE} is not what was written.")
    return Manifest(**{**content, "parts": [Part(**part) for part in content["parts"]]})


def _check_key(key: str) -> None:
    if not encryption.is_fingerprint_of(key, _KEY):
        raise BackupError(
            "FIELD_ENCRYPTION_KEY is not the key of this backup: the bank data in it could not be read. "
            "Set the key of that time, or name it in FIELD_ENCRYPTION_KEY_FALLBACKS."
        )


def differences(what: str, then: Iterable[str], now: Iterable[str]) -> list[str]:
    """Say in words what of `then` is gone and what came new."""
    before, after = set(then), set(now)
    return [f"{what} {name} is missing." for name in sorted(before - after)] + [
        f"{what} {name} was not in the backup." for name in sorted(after - before)
    ]
