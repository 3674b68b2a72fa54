"""The floor, which is a page of the product with nothing on it, and the ceilings of a bare application."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Fund
from grants.models import Application
from grants.states import UNSENT

COLUMNS = (
    "title", "case_number", "organisation__name", "requested_cents", "state", "submitted_at", "due_date",
    "officer__full_name",
)  # fmt: skip


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    """Show the frame, the navigation and the session's person, with one query of its own."""
    return render(request, "bench/floor.html", {"fund": Fund.objects.order_by("pk").first()})


def template_only(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/bare.html", {"title": "Vorlage"})


def one_query(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/bare.html", {"title": Fund.objects.order_by("pk").first()})


def bare_list(request: HttpRequest) -> HttpResponse:
    rows = Application.objects.select_related("organisation").only("title", "state", "organisation__name")
    return render(request, "bench/list.html", {"rows": rows.order_by("pk")[:25]})


def bare_rows(request: HttpRequest) -> HttpResponse:
    """As many rows as the staff's list, with the same columns from the same tables."""
    rows = (
        Application.objects.exclude(state__in=UNSENT)
        .select_related("organisation", "officer")
        .order_by("-submitted_at")
    )
    return render(request, "bench/rows.html", {"rows": rows.only(*COLUMNS)[:60]})


def row(request: HttpRequest, pk: int) -> HttpResponse:
    """Stands for the page behind each row's link."""
    return HttpResponse(str(pk))


@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/bare.html", {"title": request.user})
