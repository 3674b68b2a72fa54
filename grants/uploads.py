"""Uploads that are cut off at the limit, not after it."""

from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

#: Files in one request; the rest of the limit belongs to the application as a whole.
FILES_PER_REQUEST: Final = 10
_FORM_BYTES: Final = 1024 * 1024


def request_limit() -> int:
    """Return how many bytes one upload request may announce; above it nothing is read at all."""
    return int(settings.UPLOAD_MAX_BYTES) * 5 + _FORM_BYTES


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Streams files to disk and stops at the first byte above the limit; `too_large` tells afterwards."""

    too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        """Write a piece, or stop; the rest of the request is drained so that the answer arrives."""
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)
