"""Small projects: the coordinator puts them on the fast track, the head of unit decides."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.http import person
from accounts.models import User
from accounts.money import format_cents
from grants.models import Application
from grants.states import ApplicationState as A
from payments.views.acting import Act, act_on
from reviews.actions import fast_track as actions
from reviews.forms.decisions import ReasonsForm, SmallGrantForm
from reviews.queries import fast_track as queries
from reviews.views.common import coordinates, heads, load_case

STEPS = frozenset({"route", "grant", "decline", "jury"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fast_track(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a small project asks for and what is left; route it, or decide it as second person."""
    application, who = load_case(request, pk, coordinates, heads), person(request)
    if not application.round.fast_track_max_cents:
        raise Http404
    return act_on(
        request,
        application,
        list(_acts(application, who)),
        known=STEPS,
        template="reviews/fast_track.html",
        context=lambda: _context(application, who),
        back=reverse("reviews:case", args=[pk]),
    )


def _acts(application: Application, who: User) -> Iterator[Act]:
    may = set(audit.available(application, who))
    if "route_fast_track" in may and queries.small_budget(application.round):
        yield _route(application, who)
    if "decide_fast_track" in may:
        yield _grant(application, who)
    if "decline_fast_track" in may:
        yield Act(
            "decline", _("Reject the application"), _("Reject"),
            _("Rejected. Its money is free again; the letter comes next."),
            lambda data: actions.decline(application=application, by=who, reason=data["reason"]),
            text=_("The reserved money is free again. The letter with your reasons is written next."),
            form=ReasonsForm, danger=True,
        )  # fmt: skip
    if "return_to_jury" in may:
        yield Act(
            "jury", _("Let the jury decide"), _("Give it to the jury"),
            _("The case waits for the jury. Its money is free again."),
            lambda data: actions.hand_to_jury(application=application, by=who, reason=data["reason"]),
            text=_("The case goes the way of all larger projects. The reserved money is free again."),
            form=ReasonsForm,
        )  # fmt: skip


def _route(application: Application, who: User) -> Act:
    amount = {"amount": format_cents(queries.small_cents(application))}
    return Act(
        "route",
        _("Put this case on the fast track"),
        _("Put on the fast track"),
        _("The case waits for the decision of the head of unit."),
        lambda _data: actions.route(application=application, by=who),
        text=_("%(amount)s are reserved for it now. The head of unit decides, another person than you.") % amount,
    )


def _grant(application: Application, who: User) -> Act:
    return Act(
        "grant",
        _("Grant the application"),
        _("Grant this amount"),
        _("The grant is decided. The letter comes next."),
        lambda data: actions.grant(application=application, amount_cents=data["amount"], by=who, reason=data["reason"]),
        text=_("The amount stays reserved, the rest is free again. The award letter is written next."),
        form=SmallGrantForm,
        options={"limit_cents": queries.small_cents(application)},
    )


def _context(application: Application, who: User) -> dict[str, Any]:
    budget = queries.small_budget(application.round)
    left = queries.left_cents(application.round, budget) if budget else 0
    waits = application.state == A.FAST_TRACK
    return {
        "application": application,
        "round": application.round,
        "budget": budget,
        "waits": waits,
        "eligible": application.state == A.ELIGIBLE,
        "own": waits and application.routed_by_id == who.pk,
        "heads": heads(application.round, who),
        "amount_cents": queries.small_cents(application),
        "reserved_cents": queries.reserved_cents(application),
        "left_cents": left,
        "after_cents": left - queries.small_cents(application),
    }
