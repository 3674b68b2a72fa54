"""The answers to the load balancer and to monitoring, and the pages for requests that go wrong."""

import sys
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from accounts import kept, trace
from config import metrics as figures
from config import monitoring
from config.overload import come_again

View = Callable[[HttpRequest], HttpResponse]


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer the load balancer: this process can ask the database (200), or not (503); nothing else to anybody."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def _for_monitoring(view: View) -> View:
    """Answer who sends ``Authorization: Bearer`` with `MONITORING_TOKEN`; where there is none, nobody."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.MONITORING_TOKEN:
            raise Http404
        if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.MONITORING_TOKEN}"):
            return HttpResponse(
                "token, please\n", status=401, content_type="text/plain", headers={"WWW-Authenticate": "Bearer"}
            )
        return view(request)

    return guarded


@require_safe
@_for_monitoring
def health_details(request: HttpRequest) -> HttpResponse:
    """Answer monitoring what is well and what is not, as JSON; 503 when something is not."""
    findings = monitoring.look()
    ok = all(finding.ok for finding in findings)
    checks = {finding.name: {"ok": finding.ok, **finding.figures} for finding in findings}
    return JsonResponse({"ok": ok, "checks": checks}, status=200 if ok else 503)


@require_safe
@_for_monitoring
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus."""
    return HttpResponse(figures.exposition(), content_type=figures.CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request cannot be understood."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: signed in, but not allowed."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: nothing here, or nothing this person may see."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500; 503 when the database is away or too busy, because then the same request may soon succeed.

    Nothing is asked for these pages, neither the person nor the database.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return come_again(request, 30)
    return HttpResponse(render_to_string("500.html", {"name": trace.current()}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without a valid token, in the house's own words, with everything typed."""
    return render(request, "403.html", {"csrf": True, "kept": kept.typed(request.POST)}, status=403)
