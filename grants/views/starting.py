"""From the wish to apply to a draft: five questions, the page where a draft begins, starting anew."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts import clock
from accounts.exceptions import Refused
from accounts.http import person, posted, refused
from accounts.models import User
from accounts.money import format_cents
from accounts.states import OrganisationKind
from grants import actions, applicant_view, queries
from grants.eligibility import Answers, Outcome, Question, Verdict, judge, worst
from grants.forms import EligibilityForm, StartForm
from grants.models import Application, Round
from grants.rules.entries import ELSEWHERE
from grants.states import RoundState
from grants.views.loading import page_of

# As many former applications as one can choose from at a glance.
_SHOWN = 12


def _round(fund: str, slug: str) -> Round:
    return get_object_or_404(queries.public_rounds(), fund__slug=fund, slug=slug)


@require_safe
def eligibility(request: HttpRequest, fund: str, slug: str) -> HttpResponse:
    """Answer five questions at once, with the rule behind each answer; nothing is stored."""
    round_ = _round(fund, slug)
    form = EligibilityForm(request.GET if set(request.GET) & set(EligibilityForm.base_fields) else None, round_=round_)
    answers = form.answers() if form.is_bound else Answers()
    verdicts = judge(round_, answers)
    outcome = worst(verdicts) if verdicts else None
    context = {
        "round": round_,
        "words": applicant_view.round_words(round_),
        "is_open": round_.state == RoundState.OPEN,
        "form": form,
        "asked": form.is_bound,
        "verdicts": verdicts,
        "outcome": outcome,
        "whole": len(verdicts) == len(Question),
        "open_questions": _open_questions(verdicts),
        "goes_on": round_.state == RoundState.OPEN and outcome in (Outcome.YES, Outcome.ASK),
        "start": f"{reverse('grants:start', args=[fund, slug])}{_query(_spoken(answers))}",
    }
    return render(request, "grants/eligibility.html", context)


def _open_questions(verdicts: Sequence[Verdict]) -> list[str]:
    answered = {verdict.question for verdict in verdicts}
    return [str(question.label) for question in Question if question not in answered]


def _query(values: Mapping[str, Any]) -> str:
    known = {name: value for name, value in values.items() if value}
    return f"?{urlencode(known)}" if known else ""


def _spoken(answers: Answers) -> dict[str, str]:
    """Return the answers as the address carries them."""
    known = asdict(answers)
    cents = known.pop("amount_cents")
    return {**known, "amount": f"{cents / 100:.2f}" if cents else ""}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, fund: str, slug: str) -> HttpResponse:
    """Choose in whose name to apply and with what to begin, and begin; answers given before come along."""
    round_, by = _round(fund, slug), person(request)
    answers = EligibilityForm(request.GET, round_=round_).answers()
    form = _form(request, by, ", ".join(_told(answers, round_)))
    if request.method == "POST" and (not form.organisations or form.is_valid()):
        try:
            return redirect(page_of(_begun(form, round_, by, answers)))
        except Refused as refusal:
            return refused(request, refusal, request.get_full_path())
    context = {
        "round": round_,
        "form": form,
        "is_open": round_.state == RoundState.OPEN,
        "now": clock.now(),
        "extended_at": queries.extended_at(round_),
        "carried": _told(answers, round_),
        "enter": _entering(request, answers),
        "kind": answers.kind,
        "full": queries.organisations_at_their_limit(round_, form.organisations.values()),
    }
    return render(request, "grants/application_start.html", context)


def _form(request: HttpRequest, by: User, answered: str) -> StartForm:
    organisations = queries.organisations_to_apply_for(by)
    former = list(queries.former_applications(by)[:_SHOWN]) if organisations else []
    wanted = request.GET.get("from", "")
    chosen = next((application for application in former if str(application.pk) == wanted), None)
    return StartForm(posted(request), organisations=organisations, former=former, chosen=chosen, answered=answered)


def _begun(form: StartForm, round_: Round, by: User, answers: Answers) -> Application:
    if not form.organisations:
        return actions.start(round_=round_, by=by, organisation=None, given=_given(answers, round_))
    former = form.taken_over()
    if former is not None:
        return actions.start_anew(round_=round_, by=by, organisation=form.chosen(), former=former)
    return actions.start(round_=round_, by=by, organisation=form.chosen(), given=_given(answers, round_))


def _given(answers: Answers, round_: Round) -> dict[str, Any]:
    """Return the answers as entries of the form. What is declared under the law is never taken over."""
    found: dict[str, Any] = {"municipality": answers.place, "requested_cents": answers.amount_cents}
    found["priority"] = answers.purpose if answers.purpose in round_.priorities else ""
    return {name: value for name, value in found.items() if value}


def _told(answers: Answers, round_: Round) -> list[str]:
    given = _given(answers, round_)
    found = [given.get("municipality", ""), given.get("priority", "")]
    found.append(format_cents(given["requested_cents"]) if "requested_cents" in given else "")
    return [text for text in found if text and text != ELSEWHERE]


def _entering(request: HttpRequest, answers: Answers) -> str:
    """Return the address where an organisation is entered, which knows what was answered and leads back here."""
    known = {"kind": answers.kind if answers.kind in OrganisationKind.values else "", "next": request.get_full_path()}
    known["city"] = "" if answers.seat == ELSEWHERE else answers.seat
    return reverse("accounts:organisation_create") + _query(known)


@login_required
@require_GET
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the round for a new application that begins with a former one; the only open one is chosen."""
    former = get_object_or_404(queries.former_applications(person(request)), pk=pk)
    rounds = list(queries.public_rounds().filter(state=RoundState.OPEN)[:_SHOWN])
    # Those of the same fund first; sorting keeps the order of the others.
    rounds.sort(key=lambda round_: round_.fund_id != former.fund_id)
    pages = [
        (round_, f"{reverse('grants:start', args=[round_.fund.slug, round_.slug])}?from={former.pk}")
        for round_ in rounds
    ]
    if len(pages) == 1:
        return redirect(pages[0][1])
    return render(request, "grants/application_again.html", {"application": former, "pages": pages})
