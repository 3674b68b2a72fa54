"""Publishing a round: what it needs, and the one button."""

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person
from grants import permissions as may
from grants.models import Round
from grants.office import rounds_of
from grants.states import RoundState
from payments.actions.rounds import publish_round
from payments.steps.rounds import conditions

TEMPLATE = "payments/round_publish.html"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a round still needs; publish it when nothing is missing."""
    round_ = get_object_or_404(rounds_of(person(request)).select_related("fund"), pk=pk)
    if not may.head_of_unit(round_, person(request)):
        raise Http404
    if request.method != "POST" and round_.state != RoundState.DRAFT:
        return redirect("grants:office_round", round_.pk)
    if request.method == "POST":
        return _publish(request, round_)
    return render(request, TEMPLATE, _context(round_))


def _context(round_: Round) -> dict[str, object]:
    found = conditions(round_)
    here = reverse("grants:office_round", args=[round_.pk])
    return {
        "round": round_,
        "conditions": [(condition, _card(round_, condition.card)) for condition in found],
        "ready": all(condition.met for condition in found),
        "back": here,
        "crumbs": [(_("Rounds"), reverse("grants:office_rounds")), (round_.name, here), (_("Publish"), "")],
    }


def _card(round_: Round, code: str) -> str:
    return reverse("grants:office_round_card", args=[round_.pk, code]) if code else ""


def _publish(request: HttpRequest, round_: Round) -> HttpResponse:
    text = request.POST.get("version", "")
    seen = int(text) if text.isdecimal() and len(text) < 9 else 0
    try:
        publish_round(round_=round_, by=person(request), seen_version=seen)
    except LostRace as refusal:
        round_.refresh_from_db()
        return conflict(request, TEMPLATE, _context(round_), refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        return render(request, TEMPLATE, {**_context(round_), "refusal": refusal.message})
    success(request, _("The round is published. It opens by itself at its time."))
    return redirect("grants:office_round", round_.pk)
