"""What holds for every answer, whatever view made it: its headers, and the one moment of a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from accounts import clock

FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb", "browsing-topics")
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in FEATURES)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def closed_by_default(get_response: GetResponse) -> GetResponse:
    """Keep answers out of caches and out of other sites; a view that wants otherwise says so itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # Pages belong to one person: no cache, not even the browser's, may answer the next one.
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return middleware


def drawn_at_one_moment(get_response: GetResponse) -> GetResponse:
    """Judge everything on a page that is only read by one look at the clock; what is sent reads it anew."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with clock.one_moment():
            return get_response(request)

    return middleware
