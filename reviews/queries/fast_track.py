"""Small projects: what the office may grant alone, and what is left for them."""

from django.db.models import F, Sum

from grants.models import Application, Round
from payments.models import Budget, CaseAccount
from payments.states import SubBudget
from reviews.queries.ranking import bound_cents


def small_cents(application: Application) -> int:
    """Return the most (cents) that the office may grant alone: the bound of the case and the delegated limit."""
    return min(bound_cents(application), application.round.fast_track_max_cents)


def fits_fast_track(application: Application) -> bool:
    """Tell whether a case of this size may be put on the fast track of its round."""
    return application.is_small() and small_cents(application) > 0


def small_budget(round: Round) -> Budget | None:
    """Return the part of the year's budget that is for small projects."""
    return Budget.objects.filter(
        fund=round.fund_id, year=round.budget_year, sub_budget=SubBudget.FAST_TRACK
    ).first()  # fmt: skip


def left_cents(round: Round, budget: Budget) -> int:
    """Return what is left (cents) for further small projects of the round: of the budget, and of the round's share."""
    share = round.fast_track_budget_cents
    if not share:
        return budget.available_cents
    spent = F("reserved_cents") + F("committed_cents") + F("ordered_cents") + F("disbursed_cents")
    used = CaseAccount.objects.filter(budget=budget, application__round=round).aggregate(sum=Sum(spent))["sum"] or 0
    return max(0, min(budget.available_cents, share - used))


def reserved_cents(application: Application) -> int:
    """Return what is reserved (cents) for a case in the part for small projects."""
    rows = CaseAccount.objects.filter(application=application, budget__sub_budget=SubBudget.FAST_TRACK)
    return rows.aggregate(sum=Sum("reserved_cents"))["sum"] or 0
