"""Looks whether a backup is whole, and whether what came of it is what it was."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import F

from config.backup import engines, files, manifest, taking
from config.backup.manifest import Manifest
from config.backup.questions import ask
from notifications.models import Letter
from payments.queries import books


def damages(folder: Path, content: Manifest) -> Iterator[str]:
    """Say what of a backup is missing or no longer what was written; one sentence each."""
    for part in content.parts:
        yield from _damage(folder / part.name, part.sha256)
    if not (folder / files.LIST).is_file():
        return
    count = 0
    for path, sha256 in files.listed(folder):
        count += 1
        if content.faults.get(path) != "damaged":
            yield from _damage(folder / files.FOLDER / path, sha256)
    if count != content.file_count:
        yield f"{files.LIST} names {count} files, not {content.file_count}."


def _damage(path: Path, sha256: str) -> Iterator[str]:
    try:
        found = manifest.sha256_of(path)
    except OSError:
        yield f"{path} is missing."
        return
    if found != sha256:
        yield f"{path} is damaged."


def differences(content: Manifest) -> list[str]:
    """Compare the database as it was put back with what the backup says: migrations, triggers, rows per table."""
    found = taking.facts_of(engines.engine(), ask, without=engines.transient())
    return [
        *manifest.differences("Migration", content.migrations, found["migrations"]),
        *manifest.differences("Trigger", content.triggers, found["triggers"]),
        *manifest.differences("Table", content.rows, found["rows"]),
        *(
            f"Table {table} has {found['rows'][table]} rows, not {count}."
            for table, count in content.rows.items()
            if found["rows"].get(table, count) != count
        ),
    ]


def wrong(content: Manifest) -> Iterator[str]:
    """Check what was put back: the books, the hash of every letter, upload and payment file."""
    yield from books.check().errors
    signed = Letter.objects.exclude(signed_sha256="").exclude(signed_sha256=F("document__sha256"))
    for number in signed.values_list("number", flat=True):
        yield f"Letter {number} is not the one that was signed."
    for path, sha256 in ask(files.named()):
        if path not in content.faults:
            yield from _damage(Path(settings.MEDIA_ROOT) / path, sha256)
