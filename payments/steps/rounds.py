from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from grants.models import Round
from payments.exceptions import RoundNotReady
from payments.models import Budget
from payments.states import SubBudget


@dataclass(frozen=True)
class Condition:
    """Something that must be so before a round is published; `card` is where it is set (empty: the budget)."""

    text: Promise
    met: bool
    card: str


def conditions(round_: Round) -> list[Condition]:
    """Return what a round needs to be published, in the order in which people care for it (two queries)."""
    # A budget that finance has only proposed has no money yet.
    budgets = Budget.objects.filter(fund=round_.fund_id, year=round_.budget_year, appropriation_cents__gt=0)
    parts = set(budgets.values_list("sub_budget", flat=True))
    found = [
        Condition(_("The version of the guideline is named."), bool(round_.guideline), "basics"),
        Condition(_("The form was checked for accessibility."), round_.accessibility_checked, "basics"),
        Condition(_("The jury has criteria, or there is no jury."), _has_criteria(round_), "rubric"),
        Condition(
            _("At least one committee is named; the last one decides."), bool(round_.committee_chain), "committees"
        ),
        Condition(_("The budget for the year of the round is confirmed."), SubBudget.JURY in parts, ""),
    ]
    if round_.fast_track_max_cents:
        text = _("The budget of the year has a part for small projects.")
        found.append(Condition(text, SubBudget.FAST_TRACK in parts, ""))
    return found


def _has_criteria(round_: Round) -> bool:
    return not round_.jury_size or round_.criteria.exists()


def publish(round_: Round, *, by: Person) -> Round:
    """Publish a round; from then on its settings are fixed and the clock opens it.

    Raises:
        RoundNotReady: a condition is not met.
    """
    if not all(condition.met for condition in conditions(round_)):
        raise RoundNotReady
    published: Round = audit.perform(round_.publish, by=by)
    return published
