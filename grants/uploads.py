"""Uploads that are cut off at the limit, not after it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from grants.filestore import Arriving
from grants.limits import Limits

#: Files in one request; the rest of the limit belongs to the application as a whole.
FILES_PER_REQUEST: Final = 10
#: What a disk without room answers.
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORM_BYTES: Final = 1024 * 1024


def request_limit() -> int:
    """Return how many bytes one upload request may announce; above it nothing is read at all."""
    return int(settings.UPLOAD_MAX_BYTES) * 5 + _FORM_BYTES


class LimitedUploadHandler(FileUploadHandler):
    """Streams files to the store's disk and stops at the first byte above the limit, or at the end of the room.

    `too_large` and `no_room` tell afterwards; the rest of the request is read away, so that the answer arrives.
    """

    # The web server keeps what it reads ahead and copies the rest of it for each piece: small pieces cost more
    # processor time than everything else about an upload.
    chunk_size = 512 * 1024
    too_large = False
    no_room: OSError | None = None
    file: Arriving

    def __init__(self, request: HttpRequest, limits: Limits) -> None:
        super().__init__(request)
        self.limits = limits

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        with self._room():
            self.file = Arriving(self.file_name or "", self.limits)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece, or stop."""
        if start + len(raw_data) > self.limits.max_bytes:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        with self._room():
            self.file.take(raw_data)

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self.no_room = error
            raise StopUpload(connection_reset=False) from error

    def file_complete(self, file_size: int) -> Arriving:
        """Hand the whole file over; the request closes it at its end."""
        return self.file

    def upload_interrupted(self) -> None:
        """Take away what came of a file whose sender broke off."""
        self.file.close()

    @contextmanager
    def whole_or_nothing(self) -> Iterator[None]:
        """Read the request inside: where that fails, what has come of a file goes at once."""
        try:
            yield
        except BaseException:
            if hasattr(self, "file"):
                self.file.close()
            raise
