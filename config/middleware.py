"""What holds for every answer, whatever view made it: its headers, and the one moment of a page."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import is_valid_path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import clock, kept
from accounts.languages import tag_of

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
        # Our code of a language is not always the web's name for it.
        if language := response.headers.get("Content-Language"):
            response.headers["Content-Language"] = tag_of(language)
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


def keeps_what_was_typed(get_response: GetResponse) -> GetResponse:
    """Let a form that arrives after its session has ended wait behind the sign-in with everything typed."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method != "POST":
            return response
        if request.user.is_authenticated:
            kept.remember_person(request, response)
        elif response.status_code == 302 and _leads_to_sign_in(response) and kept.keep(request):
            response["Location"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': reverse('accounts:kept')})}"
        return response

    return middleware


def leads_back_from_buttons(get_response: GetResponse) -> GetResponse:
    """Lead who opens the address of a mere button (after a sign-in, from the history) to the page it stands on."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if (
            response.status_code != 405
            or request.method != "GET"
            or "text/html" not in request.headers.get("Accept", "")
        ):
            return response
        messages.warning(
            request, _("Nothing was done yet. If you still want this step, please press its button again.")
        )
        return HttpResponseRedirect(_page_above(request.path))

    return middleware


def _page_above(path: str) -> str:
    parts = path.strip("/").split("/")
    above = (f"/{'/'.join(parts[:count])}/" for count in range(len(parts) - 1, 0, -1))
    return next((page for page in above if is_valid_path(page)), "/")


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    return response.headers["Location"].startswith(f"{resolve_url(settings.LOGIN_URL)}?")
