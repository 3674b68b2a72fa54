"""More requests than this process can answer: who has waited too long is asked, at once, to come again.

A queue without an end would give everybody an answer nobody waits for any more. What a person sends waits longest,
then pages; what the browser sends again by itself, and files, make room first.
"""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from typing import Final, ParamSpec, TypeVar

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from accounts import clock
from accounts.http import WAITED
from config import metrics
from config.middleware import GetResponse
from grants import arrival
from grants.uploads import request_limit
from grants.views.loading import seen_version

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)

RETRY_SECONDS: Final = 10
_TELL_SECONDS: Final = 10
# What one process serves at least, and the longest time over which those who come again are spread.
_SERVED_A_SECOND: Final = 20
_LONGEST_SPREAD: Final = 50
#: Whoever watches over this process has to be answered most of all when it has too much to do.
_WATCHERS: Final = ("/health/", "/metrics")
# A form is smaller, a file is larger.
_FORM_BYTES: Final = 256 * 1024
_PIECE: Final = 64 * 1024
_waited: ContextVar[float] = ContextVar("waited", default=0.0)


class WaitingRoom(ThreadPoolExecutor):
    """The threads of a web server's process, whose work can tell how long it waited for one of them."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand in a piece of work, with the moment at which that was."""
        return super().submit(_after_waiting, time.monotonic(), fn, *args, **kwargs)


def _after_waiting(since: float, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    # A client that is slow to send its request waits for itself: that comes later and does not count.
    _waited.set(time.monotonic() - since)
    return fn(*args, **kwargs)


class _Tally:
    """Counts who is turned away, tells the log now and then, and says when to come again.

    A line of the log for each would be a load of its own; so would be everybody who comes again at one moment.
    """

    def __init__(self) -> None:
        self.count = self.before = 0
        self.told_at = float("-inf")

    def add(self, seconds: float) -> None:
        """Count one who waited that long."""
        self.count += 1
        passed = time.monotonic() - self.told_at
        if passed >= _TELL_SECONDS:
            log.warning("overload", turned_away=self.count, waited=round(seconds, 1))
            # What lies longer ago was another crowd.
            self.before = self.count if passed < 2 * _TELL_SECONDS else 0
            self.count, self.told_at = 0, time.monotonic()

    def retry_seconds(self) -> int:
        """Return in how many seconds to come again: at any moment of a time that grows with the crowd."""
        crowd = max(self.before, self.count)
        return RETRY_SECONDS + secrets.randbelow(1 + min(_LONGEST_SPREAD, crowd // _SERVED_A_SECOND))


_tally: Final = _Tally()


def turns_away(get_response: GetResponse) -> GetResponse:
    """Answer 503 to a request that waited longer than its kind may; tell the others' views how long they waited."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        seconds = _waited.get()
        request.META[WAITED] = seconds
        if seconds <= _patience(request):
            return get_response(request)
        _tally.add(seconds)
        metrics.TURNED_AWAY.inc()
        answer = come_again(request, _tally.retry_seconds())
        _let_it_arrive(request)
        return answer

    return middleware


def _let_it_arrive(request: HttpRequest) -> None:
    """Read away a file that is still on its way: a connection closed over it would lose the answer as well."""
    if _FORM_BYTES < _length(request) <= request_limit():
        with suppress(OSError):
            while request.read(_PIECE):
                pass


def _patience(request: HttpRequest) -> float:
    if request.path_info.startswith(_WATCHERS):
        return float("inf")
    if request.method in ("GET", "HEAD"):
        return settings.PAGE_WAIT_SECONDS
    comes_again = "HTTP_X_AUTOSAVE" in request.META or _length(request) > _FORM_BYTES
    return settings.UPLOAD_WAIT_SECONDS if comes_again else settings.FORM_WAIT_SECONDS


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def come_again(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer 503 without asking the database; an application that was being sent keeps the moment of its arrival."""
    arrived = _arrival(request)
    page = render_to_string("503.html", arrived) if arrived else _plain_page()
    return HttpResponse(page, status=503, headers={"Retry-After": str(seconds)})


@cache
def _plain_page() -> str:
    """The same for everybody; the more there are, the less each may cost."""
    return render_to_string("503.html")


def _arrival(request: HttpRequest) -> dict[str, object]:
    application = _application_sent(request)
    if application is None:
        return {}
    version = seen_version(request)
    at = arrival.kept(request.POST.get(arrival.FIELD, ""), application=application, version=version)
    if at is None:
        at = clock.without_asking() - timedelta(seconds=request.META.get(WAITED, 0))
    return {
        "arrival": arrival.keep(application=application, version=version, at=at),
        "version": version,
        # As it came: without a session nobody can tell whether it is right; the next try is asked for it.
        "csrf": request.POST.get("csrfmiddlewaretoken", ""),
    }


def _application_sent(request: HttpRequest) -> int | None:
    """Return which application this request wants to send, if it does."""
    if request.method != "POST" or _length(request) > _FORM_BYTES:
        return None
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    return int(match.kwargs["pk"]) if match.view_name == "grants:review" else None
