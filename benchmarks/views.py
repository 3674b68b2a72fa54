"""The floor, which is a page of the product with nothing on it, and the ceilings of a bare application."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Fund
from grants.models import Application


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


@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/bare.html", {"title": request.user})
