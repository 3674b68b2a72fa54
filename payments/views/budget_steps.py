"""Changes of a budget: one person proposes on one page, the head of finance decides on another."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, posted
from accounts.models import Proposal, User
from accounts.permissions import fund_ids
from accounts.states import Outcome
from payments import permissions as may
from payments.actions import budget as actions
from payments.forms.budget import BudgetForm, ChangeForm, NoteForm
from payments.models import Budget, CaseAccount
from payments.queries import budget as queries
from payments.states import BudgetStep, SubBudget
from payments.views.budget import load_budget

LEADS = {
    BudgetStep.SUPPLEMENT: gettext_lazy("Add money that a supplementary budget has voted."),
    BudgetStep.REDUCE: gettext_lazy("Take money away by a supplementary budget. Only what is available can go."),
    BudgetStep.BLOCK: gettext_lazy("Blocked money cannot be reserved until the block is lifted."),
    BudgetStep.UNBLOCK: gettext_lazy("Make blocked money available again."),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def budget_new(request: HttpRequest) -> HttpResponse:
    """Propose the budget of a year."""
    who = person(request)
    if fund_ids(who, *may.BUDGET_PROPOSERS) == set():
        raise Http404
    first = {"year": clock.today().year, "sub_budget": SubBudget.JURY}
    form = BudgetForm(posted(request), person=who, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"sub_budget": SubBudget(form.cleaned_data["sub_budget"])}
        try:
            proposal = actions.propose_budget(**data, by=who)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return proposed(request, proposal)
    crumbs = [(_("Budget"), reverse("payments:budgets")), (_("Set a budget"), "")]
    return render(request, "payments/budget_new.html", {"form": form, "crumbs": crumbs})


def proposed(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Go to the page of a proposal that was just made."""
    messages.success(request, _("Proposed. The head of finance confirms it; until then nothing is booked."))
    return HttpResponseRedirect(reverse("payments:budget_proposal", args=[proposal.pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def budget_change(request: HttpRequest, fund: str, year: int, step: str) -> HttpResponse:
    """Propose a change of a budget."""
    who = person(request)
    budget, _parts = load_budget(request, fund, year)
    wanted = next((known for known in LEADS if known.name.lower() == step), None)
    if wanted is None or not may.budget_proposer(budget, who):
        raise Http404
    seen_cents = actions.remaining(budget, wanted)
    form = ChangeForm(posted(request), initial={"seen_cents": seen_cents})
    context = {
        "form": form,
        "budget": budget,
        "step": wanted,
        "lead": LEADS[wanted],
        "seen_cents": seen_cents,
        "back": address_of(budget),
        "crumbs": crumbs_of(budget, str(wanted.label)),
    }
    if request.method == "POST" and form.is_valid():
        return _propose_change(request, budget, wanted, form, context, who)
    return render(request, "payments/budget_change.html", context)


def _propose_change(
    request: HttpRequest, budget: Budget, step: BudgetStep, form: ChangeForm, context: dict[str, Any], who: User
) -> HttpResponse:
    try:
        proposal = actions.propose_change(budget=budget, step=step, by=who, **form.cleaned_data)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except LostRace as refusal:
        return _stale(request, context, refusal, step)
    except Refused as refusal:
        form.add_error("amount_cents", str(refusal.message))
        return render(request, "payments/budget_change.html", context)
    return proposed(request, proposal)


def _stale(request: HttpRequest, context: dict[str, Any], refusal: LostRace, step: BudgetStep) -> HttpResponse:
    """Show the page again with what was typed, and the figure of now to decide by."""
    now = actions.remaining(Budget.objects.get(pk=context["budget"].pk), step)
    typed = request.POST.copy()
    typed["seen_cents"] = str(now)
    form = ChangeForm(typed)
    return conflict(request, "payments/budget_change.html", context | {"form": form, "seen_cents": now}, refusal)


def address_of(budget: Budget) -> str:
    """Return the address of a budget's page."""
    return reverse("payments:budget", args=[budget.fund.slug, budget.year]) + f"?part={budget.sub_budget}"


def crumbs_of(budget: Budget, last: str) -> list[tuple[str, str]]:
    """Return the way to a page below a budget."""
    return [
        (_("Budget"), reverse("payments:budgets")),
        (f"{budget.fund} {budget.year}", address_of(budget)),
        (last, ""),
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def budget_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposed change; the head of finance confirms or declines it, its author may take it back."""
    who = person(request)
    proposal = get_object_or_404(queries.all_proposals_for(who), pk=pk)
    budget = Budget.objects.select_related("fund").get(pk=proposal.subject_id)
    form = NoteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        answer = _decide(request, proposal, budget, form, who)
        if answer is not None:
            return answer
    return render(request, "payments/budget_proposal.html", _proposal_context(proposal, budget, form, who))


def _proposal_context(proposal: Proposal, budget: Budget, form: NoteForm, who: User) -> dict[str, Any]:
    step = BudgetStep(proposal.kind)
    waits = proposal.outcome == Outcome.OPEN
    mine = proposal.proposed_by_id == who.pk
    return {
        "proposal": proposal,
        "budget": budget,
        "form": form,
        "step": step,
        "amount_cents": proposal.payload.get("amount_cents"),
        "decree": proposal.payload.get("decree", ""),
        "in_force_from": _day(proposal.payload.get("in_force_from", "")),
        "waits": waits,
        "may_decide": waits and not mine and bool(may.head_of_finance(budget, who)),
        "may_withdraw": waits and mine,
        "alone": waits and mine and not queries.somebody_else_confirms(budget.fund_id, who),
        "carried": _carried(proposal, who) if step is BudgetStep.CARRY else [],
        "back": address_of(budget) if budget.last_transfer_id else reverse("payments:budgets"),
        "crumbs": crumbs_of(budget, str(step.label)),
    }


def _carried(proposal: Proposal, who: User) -> list[tuple[CaseAccount, int, bool]]:
    """The cases that are to be carried, each with its sum (cents) and whether that is what is open of it now."""
    named, waits = queries.cases_named(proposal), proposal.outcome == Outcome.OPEN
    return [
        (case, named[case.pk], not waits or named[case.pk] == case.open_cents)
        for case in queries.accounts_named(proposal, reader=who)
    ]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _decide(request: HttpRequest, proposal: Proposal, budget: Budget, form: NoteForm, who: User) -> HttpResponse | None:
    """Do what was pressed; None shows the page again with the form's errors."""
    pressed, note = request.POST.get("step", ""), form.cleaned_data["note"]
    if pressed == "decline" and not note:
        form.add_error("note", _("Say why you decline."))
        return None
    try:
        if pressed == "confirm":
            actions.confirm(proposal=proposal, by=who, note=note)
        elif pressed == "decline":
            actions.decline(proposal=proposal, by=who, note=note)
        elif pressed == "withdraw":
            actions.withdraw(proposal=proposal, by=who)
        else:
            raise Http404
    except NotPermitted as refusal:
        raise Http404 from refusal
    except LostRace as refusal:
        fresh = queries.all_proposals_for(who).get(pk=proposal.pk)
        return conflict(request, "payments/budget_proposal.html", _proposal_context(fresh, budget, form, who), refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return None
    told = {"confirm": _("Confirmed and booked."), "decline": _("Declined."), "withdraw": _("Taken back.")}
    messages.success(request, told[pressed])
    return HttpResponseRedirect(address_of(budget) if pressed == "confirm" else reverse("payments:budgets"))
