"""The pages of the jury's lead: conflicts, session, ranking, votes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, refused
from grants.models import Application, Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from reviews.actions import session as actions
from reviews.actions import sheets as sheet_actions
from reviews.exceptions import DayOutOfPlace
from reviews.forms.session import MinutesForm, SessionForm, VoteForm
from reviews.forms.sheets import WhyForm
from reviews.models import Juror, JurySession, Review
from reviews.queries import seats, sheets
from reviews.queries.ranking import ranking as build_ranking
from reviews.queries.session import (
    absent_at,
    current_session,
    minutes_open,
    present_at,
    returned_to_jury,
    still_scored,
    valid_vote,
)
from reviews.states import ReviewState as S
from reviews.views.common import is_stale, leads_or_coordinates, load_round, ranks, tabs

GET_POST = ["GET", "HEAD", "POST"]
SESSION = "reviews/session.html"
VOTE = "reviews/vote_form.html"


@login_required
@require_safe
def conflicts(request: HttpRequest) -> HttpResponse:
    """List the matches and recusals of the juries that the person leads; open ones first."""
    who = person(request)
    rounds = seats.rounds_led(who)
    if not rounds:
        raise Http404
    return render(request, "reviews/conflict_list.html", {"lines": sheets.conflicts(who, rounds)})


def _led_sheet(request: HttpRequest, pk: int) -> Review:
    reviews = Review.objects.select_related("juror__user", "application__round", "application__organisation")
    review: Review = get_object_or_404(reviews, pk=pk)
    if not review.leads(person(request)):
        raise Http404
    return review


@login_required
@require_http_methods(GET_POST)
def chair(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on a sheet: clear a match, exclude the juror, or give the sheet back."""
    review = _led_sheet(request, pk)
    form = WhyForm(request.POST if request.method == "POST" else None)
    acts = {"clear": sheet_actions.clear_hint, "exclude": sheet_actions.exclude, "reopen": sheet_actions.reopen_sheet}
    act = acts.get(request.POST.get("act", ""))
    context = {
        "review": review,
        "form": form,
        "waits": sheets.waits_for_chair(review),
        "may_reopen": review.state == S.SUBMITTED,
        "may_exclude": review.state in (S.ASSIGNED, S.IN_PROGRESS, S.SUBMITTED, S.LOCKED),
    }
    if is_stale(request, review):
        return conflict(request, "reviews/sheet_chair.html", context, LostRace())
    if request.method != "POST" or not act or not form.is_valid():
        return render(request, "reviews/sheet_chair.html", context)
    try:
        act(review=review, why=form.cleaned_data["why"], by=person(request))
    except LostRace as refusal:
        return conflict(request, "reviews/sheet_chair.html", context, refusal)
    except Refused as refusal:
        return refused(request, refusal, request.path)
    messages.success(request, _("Your decision is recorded."))
    return redirect("reviews:conflicts")


@login_required
@require_http_methods(GET_POST)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the jury's session, then keep its minutes."""
    round_ = load_round(request, pk, leads_or_coordinates)
    known = current_session(round_)
    leads = seats.leads_round(round_, person(request))
    living = seats.seats(round_)
    opens = leads and round_.state in (RoundState.SCORING, RoundState.JURY, RoundState.COMMITTEE)
    form = SessionForm(request.POST if request.method == "POST" and opens else None, seats=living, today=clock.today())
    if request.method == "POST" and not opens:
        raise Http404
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            actions.open_session(
                round=round_, present=list(data["present"]), held_on=data["held_on"], place=data["place"],
                by=person(request),
            )  # fmt: skip
        except NotPermitted as refusal:
            raise Http404 from refusal
        except DayOutOfPlace as refusal:
            form.add_error("held_on", str(refusal.message))
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The session is open."))
            return redirect("reviews:ranking", pk=pk)
    context = _session_context(request, round_, known) | {
        "form": form,
        "opens": opens and (form.is_bound or round_.state != RoundState.COMMITTEE or returned_to_jury(round_)),
        "scored": 0 if form.is_bound else still_scored(round_),
    }
    return render(request, SESSION, context)


def _session_context(request: HttpRequest, round_: Round, known: JurySession | None) -> dict[str, Any]:
    initial = {"minutes": known.minutes, "version": known.version} if known else {}
    return {
        "round": round_,
        "tabs": tabs(request, round_),
        "session": known,
        "present": list(known.present.select_related("user")) if known else [],
        "writes": minutes_open(round_),
        "minutes": MinutesForm(initial=initial) if known else None,
    }


@login_required
@require_POST
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the minutes of the current session."""
    round_ = load_round(request, pk, leads_or_coordinates)
    known = current_session(round_)
    if known is None:
        raise Http404
    form = MinutesForm(request.POST)
    context = _session_context(request, round_, known) | {"minutes": form}
    if not form.is_valid():
        return render(request, SESSION, context)
    try:
        actions.save_minutes(
            session=known, minutes=form.cleaned_data["minutes"], seen_version=form.seen_version(), by=person(request)
        )
    except LostRace as refusal:
        known.refresh_from_db()
        form.show_version(known.version)
        return conflict(request, SESSION, context | {"saved": known.minutes}, refusal)
    except Refused as refusal:
        return refused(request, refusal, reverse("reviews:session", args=[pk]))
    messages.success(request, _("The minutes are saved."))
    return redirect("reviews:session", pk=pk)


@login_required
@require_safe
def ranking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the ranking: exact means, spreads, flags, votes, and the line where the money ends."""
    round_ = load_round(request, pk, ranks)
    who = person(request)
    built = build_ranking(round_, who)
    led = seats.led_among(round_, [row.application.pk for row in built.rows], who)
    names = _names(built.jurors, hidden=round_.hide_jurors)
    context = {
        "round": round_,
        "tabs": tabs(request, round_),
        "ranking": built,
        "juror_names": names,
        "rows": [
            (row, zip(names, row.cells(built.jurors), strict=True), row.application.pk in led) for row in built.rows
        ],
        "line_after": built.line_after,
        "hide_jurors": round_.hide_jurors,
    }
    return render(request, "reviews/ranking.html", context)


def _names(jurors: Sequence[Juror], *, hidden: bool) -> list[str]:
    """Return how the columns of the jurors are called; where names are hidden they have numbers."""
    if hidden:
        return [_("Juror %(n)s") % {"n": number} for number, _juror in enumerate(jurors, start=1)]
    return [str(juror.user) for juror in jurors]


def _led_case(request: HttpRequest, pk: int) -> Application:
    cases = Application.objects.select_related("round__fund", "organisation", "fund")
    application: Application = get_object_or_404(cases, pk=pk)
    if not seats.leads_case(application, person(request)):
        raise Http404
    return application


@login_required
@require_http_methods(GET_POST)
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the jury's proposal for one case."""
    application = _led_case(request, pk)
    known = current_session(application.round)
    here = present_at(known, application) if known else []
    form = VoteForm(request.POST if request.method == "POST" else None, application=application, here=len(here))
    context = _vote_context(application, known, here, form)
    if is_stale(request, application):
        return conflict(request, VOTE, context, LostRace())
    if request.method != "POST" or not form.is_valid():
        return render(request, VOTE, context)
    try:
        actions.record_vote(
            application=application, ballot=form.ballot(), seen_version=form.cleaned_data["version"], by=person(request)
        )
    except LostRace as refusal:
        return conflict(request, VOTE, context, refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, VOTE, context)
    messages.success(request, _("The proposal is recorded."))
    return redirect("reviews:ranking", pk=application.round_id)


def _vote_context(
    application: Application, known: JurySession | None, here: list[Juror], form: VoteForm
) -> dict[str, Any]:
    return {
        "application": application,
        "round": application.round,
        "form": form,
        "session": known,
        "here": here,
        "away": absent_at(known, application) if known else [],
        "vote": valid_vote(application),
        "can_vote": application.state == A.REVIEWED and known is not None,
        "can_reopen": application.state == A.RANKED,
        "why": WhyForm(),
    }


@login_required
@require_POST
def reopen_ranking(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a vote up again, with a reason."""
    application = _led_case(request, pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        known = current_session(application.round)
        here = present_at(known, application) if known else []
        context = _vote_context(application, known, here, VoteForm(application=application, here=len(here)))
        return render(request, VOTE, context | {"why": form})
    try:
        actions.reopen_ranking(application=application, reason=form.cleaned_data["why"], by=person(request))
    except Refused as refusal:
        return refused(request, refusal, reverse("reviews:vote", args=[pk]))
    messages.success(request, _("The vote is open again."))
    return redirect("reviews:vote", pk=pk)
