"""What views share: the person behind a request, and the answer to a lost race."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.kept import typed
from accounts.models import User

#: Where a request's META tells how many seconds it waited for a thread of the web server; no client can set it.
WAITED: Final = "miteinander.waited"


def person(request: HttpRequest) -> User:
    """Return the signed-in person (views behind `login_required`)."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def way_back(request: HttpRequest) -> str:
    """Return the page of ours that sent the person here (`next` in the address); "" when there is none."""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when it is empty, and None for a page that is only looked at: a form's `data`."""
    return request.POST if request.method == "POST" else None


def conflict(request: HttpRequest, template: str, context: dict[str, Any], refusal: LostRace) -> HttpResponse:
    """Answer 409 with the page, the message, and everything typed still in the form."""
    return render(request, template, {**context, "refusal": refusal.message, "lost_race": True}, status=409)


def refused(request: HttpRequest, refusal: Refused, back: str) -> HttpResponse:
    """Answer a refused step with a page that says why, shows what was typed, and leads back; 404 hides the rest."""
    if isinstance(refusal, NotPermitted):
        raise Http404
    context = {
        "refusal": refusal.message,
        "back": back,
        "kept": typed(request.POST),
        "not_now": not isinstance(refusal, LostRace),
    }
    return render(request, "409.html", context, status=409)
