"""The pages of clerk and head of unit: decisions, corrections, the reserve list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.audit import open_proposal
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, refused
from accounts.permissions import own_organisations
from grants.models import Application, Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from reviews.actions import committee as actions
from reviews.actions import halves
from reviews.exceptions import DayOutOfPlace
from reviews.forms.session import DecisionForm
from reviews.forms.sheets import WhyForm
from reviews.queries import committee as queries
from reviews.queries.ranking import budget_of_round
from reviews.states import CORRECTION
from reviews.views.common import clerks, follows, heads, is_stale, load_case, load_round, seconds, tabs

GET_POST = ["GET", "HEAD", "POST"]
DECIDED = (A.APPROVED, A.DECLINED, A.RESERVE_LISTED)


@login_required
@require_safe
def decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """List the cases of the papers with what each body said and who comes next."""
    return _decisions(request, load_round(request, pk, follows), WhyForm())


def _decisions(request: HttpRequest, round_: Round, form: WhyForm) -> HttpResponse:
    who = person(request)
    lines = queries.decision_list(round_, hidden=own_organisations(who))
    context = {
        "round": round_,
        "tabs": tabs(request, round_),
        "lines": lines,
        "is_clerk": clerks(round_, who),
        "in_committee": round_.state == RoundState.COMMITTEE,
        "undecided": sum(line.application.state == A.IN_COMMITTEE for line in lines),
        "form": form,
        "budget": budget_of_round(round_),
    }
    return render(request, "reviews/decision_list.html", context)


@login_required
@require_http_methods(GET_POST)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the next body said about one case."""
    application = load_case(request, pk, clerks)
    item = queries.current_item(application)
    body = queries.next_body(application, item)
    if body is None or item is None:
        raise Http404
    form = DecisionForm(
        request.POST if request.method == "POST" else None, application=application, body=body, today=clock.today(),
        amount_cents=queries.last_amount_cents(application, item), rank=queries.next_rank(application.round),
    )  # fmt: skip
    context: dict[str, Any] = {
        "application": application,
        "round": application.round,
        "item": item,
        "body": body,
        "form": form,
        "said": list(queries.recommendations(item)),
        "final": queries.final_decision(application),
        "budget": budget_of_round(application.round),
        "can_decide": application.state == A.IN_COMMITTEE,
        "can_correct": application.state in DECIDED and queries.was_decided_by_body(application),
    }
    if is_stale(request, application):
        return conflict(request, "reviews/decision_form.html", context, LostRace())
    if request.method != "POST" or not form.is_valid():
        return render(request, "reviews/decision_form.html", context)
    return _record(request, application, form, context)


def _record(
    request: HttpRequest, application: Application, form: DecisionForm, context: dict[str, Any]
) -> HttpResponse:
    data = form.cleaned_data
    try:
        actions.record_decision(
            application=application, word=form.word(), decided_on=data["decided_on"], seen_version=data["version"],
            by=person(request),
        )  # fmt: skip
    except LostRace as refusal:
        return conflict(request, "reviews/decision_form.html", context, refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except DayOutOfPlace as refusal:
        form.add_error("decided_on", str(refusal.message))
        return render(request, "reviews/decision_form.html", context)
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, "reviews/decision_form.html", context)
    messages.success(request, _("The decision is recorded."))
    return redirect("reviews:decisions", pk=application.round_id)


@login_required
@require_http_methods(GET_POST)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a decision was recorded wrongly; a second person confirms or declines."""
    application = load_case(request, pk, seconds)
    who = person(request)
    proposal = open_proposal(CORRECTION, application)
    form = WhyForm(request.POST if request.method == "POST" else None)
    context = {
        "application": application,
        "round": application.round,
        "final": queries.final_decision(application),
        "proposal": proposal,
        "form": form,
        "may_propose": (
            clerks(application.round, who) and application.state in DECIDED and queries.was_decided_by_body(application)
        ),
        "own": proposal is not None and proposal.proposed_by_id == who.pk,
    }
    if request.method == "POST":
        answer = _correct(request, application, form)
        if answer is not None:
            return answer
    return render(request, "reviews/decision_correct.html", context)


def _correct(request: HttpRequest, application: Application, form: WhyForm) -> HttpResponse | None:
    """Do the step that was pressed; None where the form has errors."""
    who, act = person(request), request.POST.get("act")
    proposal = open_proposal(CORRECTION, application)
    try:
        if act == "propose":
            if not form.is_valid():
                return None
            actions.propose_correction(application=application, reason=form.cleaned_data["why"], by=who)
        elif proposal is None:
            raise LostRace
        elif act == "confirm":
            actions.confirm_correction(application=application, proposal=proposal, by=who)
        else:
            halves.drop(application=application, proposal=proposal, by=who)
    except Refused as refusal:
        return refused(request, refusal, request.path)
    messages.success(request, _("Recorded."))
    return redirect("reviews:correction", pk=application.pk)


@login_required
@require_safe
def reserve_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the reserve list by rank with the money that is free."""
    round_ = load_round(request, pk, follows)
    who = person(request)
    own = own_organisations(who)
    context = {
        "round": round_,
        "tabs": tabs(request, round_),
        "lines": list(queries.reserve_list(round_).exclude(application__organisation__in=own)),
        "is_head": heads(round_, who),
        "ends_on": queries.reserve_ends_on(round_),
        "budget": budget_of_round(round_),
        "form": WhyForm(),
    }
    return render(request, "reviews/reserve_list.html", context)


@login_required
@require_http_methods(GET_POST)
def move_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Fund a case from the reserve list; passing others over needs a reason."""
    application = load_case(request, pk, heads)
    own = queries.final_decision(application)
    before = [d for d in queries.reserve_list(application.round) if own and (d.rank or 0) < (own.rank or 0)]
    form = WhyForm(request.POST if request.method == "POST" else None)
    form.fields["why"].required = bool(before)
    context = {
        "application": application, "round": application.round, "decision": own, "before": before, "form": form,
        "budget": budget_of_round(application.round),
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return render(request, "reviews/reserve_move_up.html", context)
    back = reverse("reviews:reserve_list", args=[application.round_id])
    try:
        actions.move_up(application=application, by=person(request), reason=form.cleaned_data["why"])
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, _("The grant is decided and its money reserved."))
    return redirect(back)


@login_required
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole list back to the jury."""
    round_ = load_round(request, pk, clerks)
    form = WhyForm(request.POST)
    back = reverse("reviews:decisions", args=[pk])
    if not form.is_valid():
        return _decisions(request, round_, form)
    try:
        actions.send_back(round=round_, reason=form.cleaned_data["why"], by=person(request))
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, _("The list is back at the jury."))
    return redirect(back)


@login_required
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the round is decided."""
    round_ = load_round(request, pk, clerks)
    back = reverse("reviews:decisions", args=[pk])
    try:
        actions.finish_round(round=round_, by=person(request))
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, _("The round is decided. The letters come next."))
    return redirect(back)
