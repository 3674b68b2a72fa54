"""The turn of the year: which cases take their open money into the next one."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, posted
from payments import permissions as may
from payments.actions import budget as actions
from payments.forms.budget import CarryForm
from payments.models import Budget, CaseAccount
from payments.queries import budget as queries
from payments.states import BudgetStep
from payments.views.budget import load_budget
from payments.views.budget_steps import address_of, crumbs_of, proposed

TEMPLATE = "payments/budget_carry.html"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def budget_carry(request: HttpRequest, fund: str, year: int) -> HttpResponse:
    """Show what is open case by case, and propose to carry all of it or some; `?case=` ticks only one."""
    who = person(request)
    budget, _parts = load_budget(request, fund, year)
    if not may.budget_proposer(budget, who):
        raise Http404
    form = CarryForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            proposal = actions.propose_carry(budget=budget, by=who, **form.cleaned_data)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except LostRace as refusal:
            return conflict(request, TEMPLATE, _context(request, budget, form), refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return proposed(request, proposal)
    return render(request, TEMPLATE, _context(request, budget, form))


def _context(request: HttpRequest, budget: Budget, form: CarryForm) -> dict[str, Any]:
    rows = queries.cases_to_carry(budget, reader=person(request))
    return {
        "form": form,
        "budget": budget,
        "step": BudgetStep.CARRY,
        "next_year": budget.year + 1,
        "rows": [(case, _ticked(request, case)) for case in rows],
        "sum_cents": sum(case.open_cents for case in rows),
        "waiting": queries.carries_waiting([budget.pk]).get(budget.pk),
        "back": address_of(budget),
        "crumbs": crumbs_of(budget, str(BudgetStep.CARRY.label)),
    }


def _ticked(request: HttpRequest, case: CaseAccount) -> bool:
    """All at first, or the one that was asked for; then what the person had ticked, whatever is open of it now."""
    if request.method == "POST":
        return any(entry.split(":")[0] == str(case.pk) for entry in request.POST.getlist("cases"))
    return request.GET.get("case", str(case.pk)) == str(case.pk)
