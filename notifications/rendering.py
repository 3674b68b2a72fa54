"""Renders ordered documents: claim, draw, write to a temporary file, rename, record with the hash."""

import hashlib
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings
from django.db.models import QuerySet

from accounts import clock, trace
from notifications import claims, pdf
from notifications.models import Document

log = structlog.get_logger(__name__)

# A document whose worker died this often without a word is left to people.
MOST_ATTEMPTS: Final = 8
# No worker writes for that long; a temporary file of that age has lost its writer.
LEFTOVER_SECONDS: Final = 3600.0
_PART: Final = ".part"


def ordered() -> QuerySet[Document]:
    """Return the documents that wait for a worker."""
    return Document.objects.filter(rendered_at=None, failed_at=None)


def failed() -> QuerySet[Document]:
    """Return the documents that need a person."""
    return Document.objects.filter(rendered_at=None, failed_at__isnull=False)


def render_due(*, seconds: float) -> bool:
    """Render what is ordered for about that long; tell whether nothing is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        document = claims.claim(ordered(), clock.now())
        if document is None:
            return True
        with trace.of(document.request_id):
            _render(document)
    return False


def _render(document: Document) -> None:
    if document.attempts > MOST_ATTEMPTS:
        _record(document, failed_at=clock.now(), error=document.error or "The worker died while rendering.")
        return
    try:
        content = pdf.render(document.kind, document.data)
    except Exception as error:
        # The same data will fail again: a person has to look.
        log.exception("document_not_rendered", document=document.pk)
        _record(document, failed_at=clock.now(), error=f"{type(error).__name__}: {error}"[:2000])
        return
    name = f"{settings.LETTER_FOLDER}/{document.created_at:%Y}/{document.pk:08}.pdf"
    try:
        store(Path(settings.MEDIA_ROOT) / name, content)
    except OSError as error:
        now = clock.now()
        later = claims.next_try(document.created_at, now)
        # The disk says nothing about the document: its tries start anew.
        _record(document, next_try_at=later, attempts=0, error=f"{type(error).__name__}: {error}"[:2000])
        return
    sha256 = hashlib.sha256(content).hexdigest()
    _record(document, file=name, sha256=sha256, rendered_at=clock.now(), error="")
    log.info("document_drawn", document=document.pk, kind=document.kind, bytes=len(content))


def store(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    Raises:
        OSError: the disk refused; nothing is left behind.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}{_PART}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _record(document: Document, **changes: Any) -> None:
    kept = claims.held(ordered(), document.lease_token).filter(pk=document.pk)
    if not kept.update(lease_token="", lease_until=None, **changes):
        log.warning("document_lease_lost", document=document.pk)


def sweep_leftovers() -> int:
    """Remove temporary files whose writer is gone; return how many there were."""
    folder = Path(settings.MEDIA_ROOT) / settings.LETTER_FOLDER
    # The age of a file is told by the clock of the file system, not by the one of the product.
    limit = time.time() - LEFTOVER_SECONDS
    old = [part for part in folder.rglob(f".*{_PART}") if part.stat().st_mtime < limit]
    for part in old:
        part.unlink(missing_ok=True)
    return len(old)
