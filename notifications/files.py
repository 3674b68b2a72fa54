"""Hands out rendered documents: as a download whose bytes are those that were stored."""

import hashlib
from io import BytesIO
from pathlib import Path

import structlog
from django.conf import settings
from django.http import FileResponse

from notifications.exceptions import FileDamaged
from notifications.models import Document

log = structlog.get_logger(__name__)


def content_of(document: Document) -> bytes:
    """Return the PDF. Raises: FileDamaged when it is missing or not the one that was stored."""
    path = Path(settings.MEDIA_ROOT) / document.file
    try:
        content = path.read_bytes() if document.file else b""
    except OSError as error:
        log.exception("document_unreadable", document=document.pk)
        raise FileDamaged from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        log.error("document_damaged", document=document.pk)
        raise FileDamaged
    return content


def serve(document: Document, *, name: str = "") -> FileResponse:
    """Answer with the PDF as an attachment; whoever calls has asked for permission.

    Args:
        document: a rendered one.
        name: of the file on the reader's machine, by default the number of the letter or the key.

    Raises:
        FileDamaged: the stored file is missing or not the one that was stored.
    """
    return answer(content_of(document), name=name or f"{document.key.replace(':', '-')}.pdf")


def answer(content: bytes, *, name: str) -> FileResponse:
    """Answer with a PDF as an attachment under a name."""
    response = FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
