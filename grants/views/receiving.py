"""Reading a request with files: straight to the store's disk, and no further than the limit."""

from dataclasses import dataclass

import structlog
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from grants import filestore
from grants.limits import Limits
from grants.uploads import FILES_PER_REQUEST, LimitedUploadHandler, request_limit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Received:
    """How a request arrived.

    Attributes:
        complaint: why nothing of it is taken; "" when all is there.
        status: to answer with then.
        read: whether its texts can be read.
    """

    complaint: str = ""
    status: int = 200
    read: bool = True


def receive(request: HttpRequest, limits: Limits) -> Received:
    """Read what was sent. The view is exempt from the usual check of the token and makes it afterwards.

    Args:
        request: whose body nobody has read.
        limits: of one file.
    """
    if announced_bytes(request) > request_limit():
        return Received(limits.too_large(), 413, read=False)
    handler = LimitedUploadHandler(request, limits)
    request.upload_handlers = [handler]
    complaint = _read(request, handler)
    if handler.no_room:
        log.error("no_room_for_files", path=request.path, exc_info=handler.no_room)
        return Received(filestore.no_room(), 507)
    if complaint:
        return Received(complaint, 400)
    return Received(limits.too_large(), 413) if handler.too_large else Received()


def announced_bytes(request: HttpRequest) -> int:
    """Return how much the request says it holds; more than any limit for nonsense."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() and len(text) < 16 else request_limit() + 1


def _read(request: HttpRequest, handler: LimitedUploadHandler) -> str:
    try:
        with handler.whole_or_nothing():
            request.POST  # noqa: B018 - reads the body now
    except TooManyFilesSent:
        return _("Please send at most %(limit)s files at once.") % {"limit": FILES_PER_REQUEST}
    except MultiPartParserError:
        return _(
            "The files did not arrive as a whole, so none was taken. If the name of a file is very long, "
            "please give it a shorter one, and send the files again."
        )
    return ""
