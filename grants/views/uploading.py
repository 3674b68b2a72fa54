"""What pages that take files share: reading the request, storing each file, telling what is wrong with it.

Such a view is `csrf_exempt` and answers a POST with `take_files`: the body is read through our own handler, and only
then the token is checked. Before that nothing comes into the store.
"""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_protect

from accounts.exceptions import Refused
from grants import filestore
from grants.limits import Limits
from grants.uploads import NO_ROOM
from grants.views.receiving import receive

log = structlog.get_logger(__name__)

Show = Callable[[list[str], int], HttpResponse]
Take = Callable[[HttpRequest], HttpResponse]
Keep = Callable[[filestore.Stored], object]


def take_files(request: HttpRequest, limits: Limits, *, show: Show, take: Take) -> HttpResponse:
    """Read what was sent and let the view answer it.

    Args:
        request: a POST whose body nobody has read yet.
        limits: of one file.
        show: draws the page once more, with complaints and a status.
        take: answers what has arrived; the token was checked.
    """
    received = receive(request, limits)
    if received.complaint:
        return show([received.complaint], received.status)
    try:
        return csrf_protect(take)(request)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        log.exception("no_room_for_files", path=request.path)
        return show([filestore.no_room()], 507)


def store_each(uploads: Iterable[Any], limits: Limits, keep: Keep) -> list[str]:
    """Store each file and hand it to `keep`; return what is wrong with those that cannot be taken."""
    complaints = []
    for upload in uploads:
        try:
            hand_over(filestore.store(upload, limits), keep)
        except Refused as refusal:
            complaints.append(f"{upload.name}: {refusal.message}")
    return complaints


def hand_over(stored: filestore.Stored, keep: Keep) -> None:
    """Hand a stored file to `keep`; where that fails, it does not stay in the store."""
    try:
        keep(stored)
    except BaseException:
        filestore.remove(stored.path)
        raise


def by_script(request: HttpRequest) -> bool:
    """Tell whether a script sent the file (uploads.js), which draws its own answer."""
    return request.headers.get("Accept", "").startswith("application/json")


def told_to_script(complaints: list[str], status: int) -> JsonResponse:
    """Answer a script: what is wrong with its file, if anything is."""
    return JsonResponse({"complaints": complaints}, status=status)
