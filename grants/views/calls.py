from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import clock
from accounts.states import OrganisationKind
from grants import applicant_view, call_words, queries
from grants.models import Round
from grants.states import RoundState
from grants.year import small_projects, year

PER_PAGE = 20


def public_round(fund: str, slug: str) -> Round:
    """Return a round that everybody may read about. Raises: Http404."""
    return get_object_or_404(queries.public_rounds(), fund__slug=fund, slug=slug)


@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Where one can apply now or soon, and all funds with what became of their earlier rounds."""
    # Open ones stand before those that start soon, as their states do in the alphabet.
    current = queries.public_rounds().filter(state__in=[RoundState.OPEN, RoundState.PUBLISHED])
    page = Paginator(current.order_by("state", "deadline_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "grants/call_list.html", {"page_obj": page, "funds": queries.shown_funds()})


@require_GET
def call(request: HttpRequest, fund: str, slug: str) -> HttpResponse:
    """A round for everybody: what, who, how much, until when."""
    return render(request, "grants/call_detail.html", context_of(public_round(fund, slug)))


def context_of(round_: Round) -> dict[str, Any]:
    """Return what the page of a round shows."""
    now = clock.now()
    return {
        "round": round_,
        "words": applicant_view.round_words(round_),
        "now": now,
        "extended_at": queries.extended_at(round_),
        "is_open": round_.state == RoundState.OPEN,
        "is_public": round_.state in queries.PUBLIC_ROUNDS,
        "money": list(call_words.money(round_)),
        "conditions": list(call_words.conditions(round_)),
        "kinds": [OrganisationKind(kind).label for kind in round_.applicant_types],
        "dates": year(round_, now),
        "small": small_projects(round_),
        "at_hand": call_words.at_hand(round_),
        "papers": call_words.papers(round_),
        "files": call_words.files(round_),
        "criteria": call_words.criteria(round_),
        "lists_awards": queries.lists_awards(round_.fund_id),
    }
