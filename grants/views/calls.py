from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import clock
from accounts.money import format_cents
from accounts.states import OrganisationKind
from grants import applicant_view, queries
from grants.models import Round
from grants.states import RoundState


def _round(fund: str, slug: str) -> Round:
    return get_object_or_404(queries.public_rounds(), fund__slug=fund, slug=slug)


@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """All rounds that are published: where one can apply now, and what became of the others."""
    rounds = [(round_, applicant_view.round_words(round_)) for round_ in queries.public_rounds()[:50]]
    context = {
        "open_rounds": [pair for pair in rounds if pair[0].state == RoundState.OPEN],
        "other_rounds": [pair for pair in rounds if pair[0].state != RoundState.OPEN],
    }
    return render(request, "grants/call_list.html", context)


@require_GET
def call(request: HttpRequest, fund: str, slug: str) -> HttpResponse:
    """A round for everybody: what, who, how much, until when."""
    return render(request, "grants/call_detail.html", context_of(_round(fund, slug)))


def context_of(round_: Round) -> dict[str, Any]:
    """Return what the page of a round shows."""
    return {
        "round": round_,
        "words": applicant_view.round_words(round_),
        "is_open": round_.state == RoundState.OPEN,
        "kinds": [OrganisationKind(kind).label for kind in round_.applicant_types],
        "sessions": applicant_view.sessions(round_),
        "amount": format_cents(round_.maximum_cents),
        "small": format_cents(round_.fast_track_max_cents) if round_.fast_track_max_cents else "",
        "minimum": format_cents(round_.minimum_cents) if round_.minimum_cents else "",
        "left": max(0, (round_.deadline_at - clock.now()).days),
    }
