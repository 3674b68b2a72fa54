"""Each request has a name, which its answer bears; its line in the log tells no token and nothing that was searched."""

import time
import uuid
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_structlog.middlewares import RequestMiddleware

from accounts import trace
from config.middleware import GetResponse

HEADER: Final = "X-Request-ID"
_META: Final = "HTTP_X_REQUEST_ID"
_BEGAN: Final = "miteinander.began"
# Parts of an address that open something to whoever knows them.
_SECRETS: Final = ("token", "key", "uidb36")


def names_requests(get_response: GetResponse) -> GetResponse:
    """Take the name that a proxy gave, if it is sane, or give one; every answer bears it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.META.get(_META, "")
        name = given if trace.is_sane(given) else uuid.uuid4().hex
        request.META[_META], request.META[_BEGAN] = name, time.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)
        response = get_response(request)
        response.headers[HEADER] = name
        # The library has forgotten it; what Django itself still says about this answer is to bear it too.
        structlog.contextvars.bind_contextvars(request_id=name)
        return response

    return middleware


class LogsRequests(RequestMiddleware):
    """One line for each request when it ends, with its duration."""

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Write the line."""
        spent = time.monotonic() - request.META.get(_BEGAN, time.monotonic())
        structlog.contextvars.bind_contextvars(ms=round(1000 * spent))
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method and path, without tokens and without the query, in which names are searched for."""
        path = request.path
        known = request.resolver_match.kwargs if request.resolver_match else {}
        for value in (str(known[part]) for part in _SECRETS if part in known):
            path = path.replace(value, "…")
        return f"{request.method} {path}"
